import { BookmarkPlus, Group, PencilLine, RotateCw, Square, Workflow } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import type { CallDetail } from '../../../../shared/contract/rpc.ts';
import { timestampMs, type GfResponseMessage } from '../../../../shared/coap/gf/message.ts';
import { textOf } from '../../../../shared/rpc/json-payload.ts';
import { useStreamValue } from '../../../data/index.ts';
import { CodeView } from '../../../editor/code-view.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { KeyValueTable } from '../../../ui/key-value-table.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { PanelTitle, Toolbar } from '../../../ui/toolbar.tsx';
import { formatDateTime, plural, useBrokerStatus, type SourceOption } from '../../common/index.ts';
import { CallFacts, CallMessages, cancelCall, formatMs, formatTimeout, sequenceOfCall, stateWords, useSaveCall } from '../../rpc/index.ts';
import { HandledResponse } from '../pipeline/handled-response.tsx';
import { CodeBadge } from './code-badge.tsx';
import { coapStore } from './coap-model.ts';
import { savableRecordOf, targetOf } from './request-draft.ts';
import { RequestDemoButton } from './request-demo.tsx';
import { codeWords, exceptionOfCall, isLocalTimeout, responseOf } from './response-facts.ts';
import styles from './response.module.css';

type View = 'response' | 'header' | 'details' | 'messages';

const views = [
  { value: 'response', label: 'Response' },
  { value: 'header', label: 'Header' },
  { value: 'details', label: 'Details' },
  { value: 'messages', label: 'Messages' },
] as const satisfies readonly { readonly value: View; readonly label: string }[];

interface ResponsePanelProps {
  readonly source: SourceOption;
  readonly id: number | null;
  /** Below the builder, or beside the list of requests. */
  readonly place: 'builder' | 'list';
}

/** One request: its response and everything known of its way, kept up to date. */
export function ResponsePanel({ source, id, place }: ResponsePanelProps): ReactElement {
  const detail = useStreamValue('rpc.detail', id === null ? null : { id });
  const [view, setView] = useState<View>('response');
  const saveCall = useSaveCall();
  const pendingOwn = detail?.state === 'pending' && detail.own;
  useCommands([
    {
      id: 'coap.cancel',
      title: 'Cancel the request',
      group: 'CoAP',
      place: 'coap',
      view: 'mqtt',
      shortcut: 'Mod+.',
      when: () => pendingOwn,
      run: () => (id === null ? undefined : cancelCall(id)),
    },
  ]);
  if (id === null) {
    return place === 'builder' ? (
      <NoResponse source={source} />
    ) : (
      <EmptyState compact title="No request selected" text="Select one in the list to see its response." />
    );
  }
  if (detail === undefined) {
    return <Loading label="Loading the request" />;
  }
  if (detail === null) {
    return <EmptyState compact title="This request is no longer known" text="It was deleted, or has expired to keep the history within its budget." />;
  }
  const canBeSent = detail.request !== null && targetOf(detail.topic, detail.method) !== null;
  const showSequence = sequenceOfCall(detail);
  return (
    <section className={styles.panel} aria-label={place === 'list' ? 'Selected request' : 'Response'}>
      <Toolbar
        label="Response"
        className={styles.toolbar ?? ''}
        end={
          <>
            <SegmentedControl size="small" label="Show of the request" value={view} onChange={setView} segments={views} />
            {pendingOwn && (
              <Button size="small" icon={<Square size={12} aria-hidden />} onClick={() => void cancelCall(detail.id)}>
                Cancel
              </Button>
            )}
            {canBeSent && place === 'list' && (
              <IconButton
                size="small"
                label="Open in the request builder"
                icon={<PencilLine size={14} aria-hidden />}
                onClick={() => coapStore().load(source.id, detail)}
              />
            )}
            {detail.correlationId !== null && (
              <IconButton
                size="small"
                label="Show all requests with its correlation id"
                icon={<Group size={14} aria-hidden />}
                onClick={() => coapStore().showGroup(source.id, detail.correlationId)}
              />
            )}
            {showSequence !== null && <IconButton size="small" label="Show as sequence" icon={<Workflow size={14} aria-hidden />} onClick={showSequence} />}
            {canBeSent && saveCall && (
              <IconButton
                size="small"
                label="Save into a collection …"
                icon={<BookmarkPlus size={14} aria-hidden />}
                onClick={() => saveCall(savableRecordOf(detail))}
              />
            )}
            {canBeSent && !pendingOwn && (
              <IconButton
                size="small"
                label="Send again"
                icon={<RotateCw size={14} aria-hidden />}
                disabled={!source.live}
                onClick={() => void coapStore().resend(source.id, detail)}
              />
            )}
          </>
        }
      >
        <PanelTitle>{detail.method === '' ? 'Response alone' : detail.method}</PanelTitle>
        <span role="status" className={styles.state}>
          <CodeBadge call={detail} />
          {detail.elapsedMs !== null && <span className={styles.elapsed}>{formatMs(detail.elapsedMs)}</span>}
        </span>
      </Toolbar>
      {view === 'response' && <Response detail={detail} />}
      {view === 'header' && <Header response={responseOf(detail)} />}
      {view === 'details' && <CallFacts detail={detail} />}
      {view === 'messages' && (
        <>
          <SubscriptionNote detail={detail} />
          <CallMessages key={detail.id} detail={detail} />
        </>
      )}
    </section>
  );
}

/** How the response was subscribed to: it is no message that has bytes here. */
function SubscriptionNote({ detail: { own, replySubscription, replyTo, state } }: { readonly detail: CallDetail }): ReactElement | null {
  if (!own || replySubscription === null) return null;
  const { filter, grantedQos } = replySubscription;
  return (
    <p className={styles.subscription}>
      {filter === replyTo
        ? `Before the request: subscribed to this response alone, with QoS ${grantedQos}. ${state === 'pending' ? 'Ends with the request.' : 'After it: unsubscribed.'}`
        : `By the standing subscription ${filter}, with QoS ${grantedQos}.`}
    </p>
  );
}

/** Before the first request; where the demo device runs, it is one click away. */
function NoResponse({ source }: { readonly source: SourceOption }): ReactElement {
  const demo = useBrokerStatus()?.demoDevice.enabled === true && source.id === 'broker' && source.live;
  return (
    <EmptyState
      compact
      title="No response yet"
      text="Choose a resource or write where the request goes, then send it: code, body and header of the response stand here."
      actions={demo ? <RequestDemoButton source={source} /> : undefined}
    />
  );
}

function Response({ detail }: { readonly detail: CallDetail }): ReactElement {
  const { state, own, timeoutMs, duplicates, error } = detail;
  if (state === 'pending') {
    return (
      <div className={styles.waiting}>
        <Spinner />
        <p>{own && timeoutMs !== null ? `Waiting for the response, at most ${formatTimeout(timeoutMs)}` : 'No response was seen yet'}</p>
      </div>
    );
  }
  const response = responseOf(detail);
  const exception = exceptionOfCall(detail);
  const odd = state === 'late' || state === 'orphan' || state === 'wrong-reply-topic' || (state === 'cancelled' && response !== null);
  return (
    <div className={styles.response}>
      {own && <HandledResponse key={detail.id} callId={detail.id} />}
      {odd && <Banner kind="warn" title={stateWords(state).meaning} />}
      {duplicates > 0 && <Banner kind="warn" title={`${plural(duplicates, 'further response')} came: callers take the first and ignore the others.`} />}
      {error && !exception && (
        <Banner inset kind="bad" title={error.message}>
          {error.advice}
        </Banner>
      )}
      {exception && <ExceptionCard detail={detail} exception={exception} />}
      {response ? (
        <CodeView label="Body of the response" value={JSON.stringify(response.body, null, 2)} language="json" className={styles.body ?? ''} />
      ) : (
        !exception && !error && <EmptyState compact title={stateWords(state).label} text={stateWords(state).meaning} />
      )}
    </div>
  );
}

/** What a program with gf_mqtt_client gets instead of the response. */
function ExceptionCard({
  detail,
  exception,
}: {
  readonly detail: CallDetail;
  readonly exception: NonNullable<ReturnType<typeof exceptionOfCall>>;
}): ReactElement {
  const { name, responseCode, path, detail: said, source, target } = exception;
  const local = isLocalTimeout(detail);
  const shown = (text: string | null): string => text ?? 'None';
  return (
    <div className={styles.exception} role="group" aria-label="Exception">
      <Banner inset kind="bad" title={local ? `${name}, raised on this side: no message says so` : name}>
        {local
          ? 'The device sent nothing in time. It may be off, wait for something, or have stopped receiving for good.'
          : detail.responseCode === null
            ? detail.errorText
            : codeWords(detail.responseCode).meaning}
      </Banner>
      <KeyValueTable
        compact
        label="What a caller with gf_mqtt_client catches"
        rows={[
          { key: 'Class', value: name, mono: true },
          { key: 'response_code', value: String(responseCode), mono: true },
          { key: 'path', value: shown(path), mono: true },
          { key: 'detail', value: shown(said), mono: true },
          { key: 'source', value: shown(source), mono: true },
          { key: 'target', value: shown(target), mono: true },
        ]}
      />
    </div>
  );
}

/** The fields of the response beside its body. */
function Header({ response }: { readonly response: GfResponseMessage | null }): ReactElement {
  if (!response) return <EmptyState compact title="No header" text="No response that can be read came: its bytes, if there are any, are under Messages." />;
  const { codeAsSent, path, requestId, correlationId, source, token, timestamp, others } = response;
  const at = timestampMs(timestamp);
  const fields = { response_code: codeAsSent, path, request_id: requestId, correlation_id: correlationId, source, token, ...others };
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label="Header of the response">
      <KeyValueTable
        label="Header"
        rows={[
          ...Object.entries(fields).map(([key, value]) => ({ key, value: value === null ? 'null' : textOf(value), mono: true })),
          { key: 'timestamp', value: `${timestamp === null ? 'none' : textOf(timestamp)}${at === null ? '' : ` (${formatDateTime(at * 1000)})`}`, mono: true },
        ]}
      />
    </div>
  );
}
