import { ArrowRight } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { PipelineOutcome, PipelineStep, PipelineTrace } from '../../../../shared/contract/coap-pipeline.ts';
import type { GfException } from '../../../../shared/coap/gf/exception.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { KeyValueTable } from '../../../ui/key-value-table.tsx';
import { changedParts } from './changed-parts.ts';
import { outcomeWords, stepWords } from './pipeline-words.ts';
import styles from './trace.module.css';

/** What each handler did with a message, in order, and what came of it. */
export function TraceSteps({ trace }: { readonly trace: PipelineTrace }): ReactElement {
  const { steps, outcome, loopEnded } = trace;
  return (
    <>
      <ol className={styles.steps} aria-label="Steps">
        {steps.map((step, at) => (
          <Step key={step.handlerId ?? 'default'} step={step} number={at + 1} />
        ))}
      </ol>
      {loopEnded && (
        <Banner inset kind="bad" title={`${loopEnded.name}: ${loopEnded.message}${loopEnded.line === null ? '' : ` (line ${loopEnded.line})`}`}>
          The receive loop of a real client ends for good: it stays connected and takes no message any more. The workbench goes on with the next one.
        </Banner>
      )}
      <Outcome outcome={outcome} />
    </>
  );
}

function Step({ step, number }: { readonly step: PipelineStep; readonly number: number }): ReactElement {
  const { name, result, why, exception, failure, changed, returned, completes, next, console: lines } = step;
  const { label, tone } = stepWords[result];
  const isQuiet = result === 'skipped' || result === 'not-reached';
  return (
    <li className={styles.step} data-quiet={isQuiet || undefined}>
      <span className={styles.mark} data-tone={tone} aria-hidden>
        {number}
      </span>
      <div className={styles.stepText}>
        <p className={styles.stepLine}>
          <strong className={styles.stepName}>{name}</strong>
          <Badge tone={tone}>{label}</Badge>
          {completes && <Badge tone={exception ? 'bad' : 'ok'}>{exception ? 'Fails the call' : 'Completes the call'}</Badge>}
          {next === 'stopped' && <Badge>Stops here</Badge>}
          {isQuiet && (
            <span className={styles.why} data-selectable>
              {why}
            </span>
          )}
        </p>
        {!isQuiet && (
          <p className={styles.why} data-selectable>
            {why}
          </p>
        )}
        {exception && (
          <p className={styles.failure} data-selectable>
            {exception.name} {exception.responseCode}
            {exception.detail === null ? '' : `: ${exception.detail}`}
          </p>
        )}
        {failure && (
          <p className={styles.failure} data-selectable>
            {failure.name}: {failure.message}
            {failure.line === null ? '' : ` (line ${failure.line})`}
          </p>
        )}
        {changed && (
          <dl className={styles.changed} aria-label="Changed">
            {changedParts(changed.from, changed.to).map(({ at, from, to }) => (
              <div key={at} className={styles.part}>
                <dt className={styles.label}>{at}</dt>
                <dd className={styles.parts} data-selectable>
                  <Json label={`${at}, before`}>{from}</Json>
                  <ArrowRight size={14} aria-label="to" className={styles.arrow} />
                  <Json label={`${at}, after`}>{to}</Json>
                </dd>
              </div>
            ))}
          </dl>
        )}
        {returned && step.kind === 'request' && <Value label="Returned">{returned.value}</Value>}
        {lines.length > 0 && (
          <Labelled label="Console">
            <pre className={styles.json} tabIndex={0} aria-label="Console" data-selectable>
              {lines.join('\n')}
            </pre>
          </Labelled>
        )}
      </div>
    </li>
  );
}

function Outcome({ outcome }: { readonly outcome: PipelineOutcome }): ReactElement {
  const { title, text, tone } = outcomeWords(outcome);
  return (
    <section className={styles.outcome} aria-label="Outcome">
      <Banner inset kind={tone} title={title}>
        {text}
      </Banner>
      {outcome.kind === 'raised' && <Exception exception={outcome.exception} />}
      {outcome.kind === 'resolved' && <Value label="Result">{outcome.message}</Value>}
      {outcome.kind === 'answered' && <Value label="Body">{outcome.response.body}</Value>}
    </section>
  );
}

function Exception({ exception }: { readonly exception: GfException }): ReactElement {
  const { name, responseCode, path, detail, source, target } = exception;
  const rows = { class: name, response_code: String(responseCode), path, detail, source, target };
  return <KeyValueTable compact label="Exception" rows={Object.entries(rows).map(([key, value]) => ({ key, value: value ?? 'None', mono: true }))} />;
}

function Value({ label, children }: { readonly label: string; readonly children: JsonValue }): ReactElement {
  return (
    <Labelled label={label}>
      <Json label={label}>{children}</Json>
    </Labelled>
  );
}

/** `undefined`: it is not there. */
function Json({ label, children }: { readonly label: string; readonly children: JsonValue | undefined }): ReactElement {
  return (
    <pre className={styles.json} tabIndex={0} aria-label={label} data-selectable>
      {children === undefined ? '–' : jsonText(children)}
    </pre>
  );
}

function Labelled({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className={styles.labelled}>
      <span className={styles.label}>{label}</span>
      {children}
    </div>
  );
}

/** What is short stands in one line. */
function jsonText(value: JsonValue): string {
  const compact = JSON.stringify(value);
  return compact.length <= 72 ? compact : JSON.stringify(value, null, 2);
}
