import { useState, type ReactElement } from 'react';
import { useStreamValue } from '../../../data/index.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { outcomeWords } from './pipeline-words.ts';
import { TraceSteps } from './trace-steps.tsx';
import styles from './trace.module.css';

/** What the handlers made of the response to an own call; below it stands what came. */
export function HandledResponse({ callId }: { readonly callId: number }): ReactElement | null {
  const trace = useStreamValue('coapPipeline.ofCall', { callId })?.trace;
  const [open, setOpen] = useState(false);
  // The default handler alone does what is shown anyway.
  if (!trace?.steps.some(({ handlerId, result }) => handlerId !== null && result !== 'skipped' && result !== 'not-reached')) return null;
  const { title, tone } = outcomeWords(trace.outcome);
  const changed = trace.steps.some((step) => step.changed !== null);
  return (
    <div className={styles.handled} role="group" aria-label="Handlers">
      <Banner
        inset
        kind={trace.loopEnded ? 'bad' : tone}
        title={changed && trace.outcome.kind === 'resolved' ? 'Handlers changed what the call gives' : `Handlers: ${title}`}
        actions={
          <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide the steps' : 'Show the steps'}
          </Button>
        }
      >
        What came over the wire stands below.
      </Banner>
      {open && <TraceSteps trace={trace} />}
    </div>
  );
}
