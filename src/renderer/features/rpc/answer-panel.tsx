import { BookmarkPlus, PencilLine, RotateCw } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useCommands } from '../../app/commands.ts';
import type { CallDetail, CallMessage } from '../../../shared/contract/rpc.ts';
import { decodeText } from '../../../shared/payload/utf8-text.ts';
import { CodeView } from '../../editor/code-view.tsx';
import { useStreamValue } from '../../data/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { KeyValueTable } from '../../ui/key-value-table.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { PanelTitle, Toolbar } from '../../ui/toolbar.tsx';
import { formatBytes, plural, useBrokerStatus, type SourceOption } from '../common/index.ts';
import { CancelCallButton } from './cancel-call-button.tsx';
import { CallFacts } from './call-facts.tsx';
import { CallMenu } from './call-menu.tsx';
import { CallMessages } from './call-messages.tsx';
import { cancelCall } from './rpc-actions.ts';
import { roundedInteger } from './params-form.ts';
import { rpcStore, useSourceState } from './rpc-model.ts';
import { callTitle, formatMs, formatTimeout, needsMethod, stateWords } from './rpc-words.ts';
import { savableRecord, useSaveCall } from './saved-call.ts';
import styles from './answer.module.css';

type View = 'result' | 'params' | 'details' | 'messages';

const views = [
  { value: 'result', label: 'Answer' },
  { value: 'params', label: 'Params' },
  { value: 'details', label: 'Details' },
  { value: 'messages', label: 'Messages' },
] as const satisfies readonly { readonly value: View; readonly label: string }[];

interface AnswerPanelProps {
  readonly source: SourceOption;
  readonly id: number | null;
  /** Below the builder, beside the list of calls, or with what came of a saved request. */
  readonly place: 'builder' | 'list' | 'run';
}

/** One call: its answer and everything known of its way, kept up to date. */
export function AnswerPanel({ source, id, place }: AnswerPanelProps): ReactElement {
  const detail = useStreamValue('rpc.detail', id === null ? null : { id });
  const [view, setView] = useState<View>('result');
  const saveCall = useSaveCall();
  const pendingOwn = detail?.state === 'pending' && detail.own;
  useCommands([
    {
      id: 'rpc.cancel',
      title: 'Cancel the call',
      group: 'RPC',
      place: 'rpc',
      when: () => pendingOwn,
      run: () => (id === null ? undefined : cancelCall(id)),
    },
  ]);
  if (id === null) {
    return place === 'builder' ? (
      <NoAnswer source={source} />
    ) : (
      <EmptyState compact title="No call selected" text="Select a call in the list to see its answer and its way." />
    );
  }
  if (detail === undefined) {
    return <Loading label="Loading the call" />;
  }
  if (detail === null)
    return <EmptyState compact title="This call is no longer known" text="It was deleted, or has expired to keep the history within its budget." />;
  const { label, tone, meaning } = stateWords(detail.state);
  return (
    <section tabIndex={-1} className={styles.panel} aria-label={place === 'list' ? 'Selected call' : 'Answer'}>
      <Toolbar
        label="Answer"
        className={styles.toolbar ?? ''}
        end={
          <>
            <SegmentedControl size="small" label="Show of the call" value={view} onChange={setView} segments={views} />
            {pendingOwn && <CancelCallButton id={detail.id} />}
            {place !== 'run' && detail.request !== null && (detail.method !== '' || !needsMethod(detail.dialect)) && (
              <>
                {place === 'list' && (
                  <IconButton
                    size="small"
                    label="Open in the call builder"
                    icon={<PencilLine size={14} aria-hidden />}
                    onClick={() => rpcStore().load(source.id, detail)}
                  />
                )}
                {saveCall && (
                  <IconButton
                    size="small"
                    label="Save into a collection …"
                    icon={<BookmarkPlus size={14} aria-hidden />}
                    onClick={() => saveCall(savableRecord(detail))}
                  />
                )}
                {!pendingOwn && (
                  <IconButton
                    size="small"
                    label="Call again"
                    icon={<RotateCw size={14} aria-hidden />}
                    disabled={!source.live}
                    onClick={() => void rpcStore().repeat(source.id, detail)}
                  />
                )}
                <CallMenu detail={detail} />
              </>
            )}
          </>
        }
      >
        <PanelTitle>{callTitle(detail)}</PanelTitle>
        <span role="status" className={styles.state}>
          <Badge tone={tone} title={meaning}>
            {label}
          </Badge>
          {detail.elapsedMs !== null && <span className={styles.elapsed}>{formatMs(detail.elapsedMs)}</span>}
        </span>
      </Toolbar>
      {view === 'result' && <Result detail={detail} />}
      {view === 'params' && (
        <>
          <RoundedNote message={detail.request} />
          <CutNote message={detail.params === null ? detail.request : undefined} />
          <CodeView label="Params of the call" value={JSON.stringify(detail.params, null, 2)} language="json" />
        </>
      )}
      {view === 'details' && <CallFacts detail={detail} />}
      {view === 'messages' && <CallMessages key={detail.id} detail={detail} />}
    </section>
  );
}

/** What the demo device answers (docs/broker.md). */
const demoMethod = { dialect: 'mqttxx2', topic: 'edge/demo-thermostat', method: 'get_status' } as const;

/** Before the first call; where the demo device runs, it is one click away. */
function NoAnswer({ source }: { readonly source: SourceOption }): ReactElement {
  const demo = useBrokerStatus()?.demoDevice.enabled === true && source.id === 'broker' && source.live;
  const blank = useSourceState(source.id, ({ draft }) => draft.method === '' && (draft.topic === '' || draft.topic === demoMethod.topic));
  return (
    <EmptyState
      compact
      title="No answer yet"
      text="Choose a method or write one, then call it: the answer stands here, with its time and its bytes."
      actions={
        demo && blank ? (
          <Button size="small" onClick={() => rpcStore().select(source.id, demoMethod)}>
            Call the demo device
          </Button>
        ) : undefined
      }
    />
  );
}

function Result({ detail }: { readonly detail: CallDetail }): ReactElement {
  const { state, error, result, duplicates, own, timeoutMs, answers } = detail;
  if (state === 'pending') {
    return (
      <div className={styles.waiting}>
        <Spinner />
        <p>{own && timeoutMs !== null ? `Waiting for the answer, at most ${formatTimeout(timeoutMs)}` : 'No answer was seen yet'}</p>
      </div>
    );
  }
  const odd = state === 'late' || state === 'orphan' || state === 'wrong-reply-topic';
  return (
    <>
      {odd && <Banner kind="warn" title={stateWords(state).meaning} />}
      {duplicates > 0 && <Banner kind="warn" title={`${plural(duplicates, 'further answer')} came: callers take the first and ignore the others.`} />}
      {error ? (
        <ErrorView error={error} />
      ) : state === 'cancelled' || (state === 'timed-out' && answers.length === 0) ? (
        <EmptyState compact title={stateWords(state).label} text={stateWords(state).meaning} />
      ) : (
        <>
          <RoundedNote message={answers[0] ?? null} />
          <CutNote message={result === undefined ? answers[0] : undefined} />
          <CodeView label="Result" value={JSON.stringify(result ?? null, null, 2)} language="json" />
        </>
      )}
    </>
  );
}

/** Nothing is shown with other digits than it came with, without a word about it. */
function RoundedNote({ message }: { readonly message: CallMessage | null }): ReactElement | null {
  const rounded = message && roundedInteger(decodeText(message.payload).text);
  return rounded ? <Banner kind="warn" title={`Rounded here: ${rounded} and other long numbers stand under Messages as they came`} /> : null;
}

/** A call keeps the beginning of its messages; the rest may have expired in the message history. */
function CutNote({ message }: { readonly message: CallMessage | null | undefined }): ReactElement | null {
  if (!message || message.payload.length >= message.sizeBytes) return null;
  return (
    <Banner
      kind="warn"
      title={`Too large to be kept whole: the first ${formatBytes(message.payload.length)} of ${formatBytes(message.sizeBytes)} are under Messages`}
    />
  );
}

function ErrorView({ error }: { readonly error: NonNullable<CallDetail['error']> }): ReactElement {
  const { name, code, origin, message, advice, peerCode, peerText, data } = error;
  return (
    <div className={styles.error}>
      <Banner inset kind="bad" title={message}>
        {advice}
      </Banner>
      <KeyValueTable
        label="Error"
        rows={[
          { key: 'Error', value: `${code} ${name}`, mono: true },
          { key: 'Found', value: origin === 'remote' ? 'by the peer, which answered it' : 'on this side: no message says so' },
          ...(peerText === undefined ? [] : [{ key: 'In the peer’s words', value: peerText }]),
          ...(peerCode === undefined ? [] : [{ key: 'Code of the peer', value: JSON.stringify(peerCode), mono: true }]),
          ...(data === undefined ? [] : [{ key: 'Data', value: JSON.stringify(data), mono: true }]),
        ]}
      />
    </div>
  );
}
