import { Download, X } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import type { PacketSequence } from '../../../../shared/contract/packets.ts';
import { engineClient, toCodedError, useStreamValue } from '../../../data/index.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { copyText, plural, saveFile } from '../../common/index.ts';
import { recordPackets } from './packet-actions.ts';
import { selectPacket, showSequence, type WantedSequence } from './packets-store.ts';
import { SequenceDrawing } from './sequence-drawing.tsx';
import { SequenceSteps } from './sequence-steps.tsx';
import { sequenceMermaid, sequenceSvg } from './sequence-text.ts';
import styles from './sequence.module.css';

const forms = [
  { value: 'drawing', label: 'Diagram' },
  { value: 'list', label: 'List' },
] as const;

/** After a recording that was begun for it, so often it is asked again, ms. */
const againMs = 1000;

/** What belongs together, across clients: the way of a message, or of a call. */
export function SequencePanel({ wanted }: { readonly wanted: WantedSequence }): ReactElement {
  const [form, setForm] = useState<'drawing' | 'list'>('drawing');
  const answer = useSequence(wanted);
  const title = 'seq' in wanted ? (answer?.sequence ? titleOf(answer.sequence) : 'Sequence') : wanted.title;
  const sequence = answer?.sequence ?? null;
  const hasSteps = sequence !== null && sequence.steps.length > 0;
  return (
    <section className={styles.panel} aria-label="Sequence">
      <header className={styles.head}>
        <strong className={styles.title} title={title}>
          {title}
        </strong>
        <span role="status" className={styles.facts}>
          {sequence && plural(sequence.steps.length, 'step')}
          {sequence && sequence.omitted > 0 && `, ${plural(sequence.omitted, 'further one')} left out`}
        </span>
        <SegmentedControl size="small" label="Show the sequence as" value={form} onChange={setForm} segments={forms} />
        <Menu
          align="end"
          trigger={<IconButton size="small" label="Save or copy the sequence" icon={<Download size={14} aria-hidden />} disabled={!hasSteps} />}
          items={
            sequence
              ? [
                  { label: 'Save as SVG', onSelect: () => saveFile([new TextEncoder().encode(sequenceSvg(sequence, title))], 'sequence.svg') },
                  { label: 'Save as Mermaid text', onSelect: () => saveFile([new TextEncoder().encode(sequenceMermaid(sequence, title))], 'sequence.mmd') },
                  { label: 'Copy as Mermaid text', onSelect: () => void copyText(sequenceMermaid(sequence, title)) },
                ]
              : []
          }
        />
        <IconButton size="small" label="Close the sequence" icon={<X size={14} aria-hidden />} onClick={() => showSequence(null)} />
      </header>
      {answer?.problem !== undefined && <Banner kind="bad" title={answer.problem} />}
      {answer === undefined && <Loading label="Loading the sequence" />}
      {answer && sequence === null && answer.problem === undefined && (
        <EmptyState compact title="This packet is forgotten" text="Newer packets have taken its place, or the recording was cleared." />
      )}
      {sequence && <Notes sequence={sequence} wanted={wanted} />}
      {hasSteps &&
        (form === 'drawing' ? (
          <SequenceDrawing sequence={sequence} title={title} onSelect={selectPacket} />
        ) : (
          <SequenceSteps sequence={sequence} onSelect={selectPacket} />
        ))}
    </section>
  );
}

/** What is not as it could be, and what to do for the next time. */
function Notes({ sequence, wanted }: { readonly sequence: PacketSequence; readonly wanted: WantedSequence }): ReactElement | null {
  const status = useStreamValue('packets.status', undefined);
  const source = 'seq' in wanted ? null : wanted.source;
  const isRecording = status?.sources.find(({ id }) => id === source)?.recording === true;
  const record =
    source === null || isRecording ? undefined : (
      <Button size="small" onClick={() => void recordPackets(source, true)}>
        Record packets
      </Button>
    );
  const next = isRecording ? 'Packets are being recorded now: the next ones will be here.' : 'Record packets to see the next ones with every acknowledgement.';
  if (sequence.steps.length === 0) return <EmptyState compact title="Nothing was recorded of it" text={next} actions={record} />;
  if (sequence.missing > 0)
    return (
      <Banner title={`Of ${plural(sequence.missing, 'message')} nothing was recorded`} actions={record}>
        {next}
      </Banner>
    );
  if (!sequence.traced || sequence.steps.every(({ seq, kind }) => seq !== null || kind === 'lost')) return null;
  return (
    <Banner title="Drawn from the trace of the broker: its packets were not recorded" actions={record}>
      {next}
    </Banner>
  );
}

interface Answer {
  readonly sequence: PacketSequence | null;
  readonly problem?: string;
}

/** Asks again while acknowledgements may still come. */
function useSequence(wanted: WantedSequence): Answer | undefined {
  const [answer, setAnswer] = useState<{ readonly of: WantedSequence; readonly answer: Answer } | undefined>(undefined);
  useEffect(() => {
    let timer: number | undefined;
    let stale = false;
    let left = 5;
    const ask = (): void => {
      const of = 'seq' in wanted ? { seq: wanted.seq } : { source: wanted.source, messages: [...wanted.messages] };
      engineClient()
        .call('packets.sequence', of)
        .then(
          (sequence) => {
            if (stale) return;
            setAnswer({ of: wanted, answer: { sequence } });
            left -= 1;
            if (left > 0) timer = window.setTimeout(ask, againMs);
          },
          (error: unknown) => stale || setAnswer({ of: wanted, answer: { sequence: null, problem: toCodedError(error).message } }),
        );
    };
    ask();
    return () => {
      stale = true;
      window.clearTimeout(timer);
    };
  }, [wanted]);
  return answer?.of === wanted ? answer.answer : undefined;
}

function titleOf({ steps }: PacketSequence): string {
  const [first] = steps;
  return first ? `${first.name} ${first.words}`.trim() : 'Sequence';
}
