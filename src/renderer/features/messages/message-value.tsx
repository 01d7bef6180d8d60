import { Download } from 'lucide-react';
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { MessageDetail } from '../../../shared/contract/messages.ts';
import { indentJson } from '../../../shared/payload/indent-json.ts';
import { decodeText } from '../../../shared/payload/utf8-text.ts';
import { CodeView } from '../../editor/code-view.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { HexView } from '../../ui/hex-view.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PanelTitle, Toolbar } from '../../ui/toolbar.tsx';
import { engineClient } from '../../data/index.ts';
import {
  act,
  CopyButton,
  formatBytes,
  formatCount,
  formatDateTime,
  formatTimeNear,
  isIntercept,
  newId,
  saveFile,
  useConnections,
  useIntercepts,
  useModel,
  useNow,
} from '../common/index.ts';
import { autoCodec, CodecMenu, codecTitle, DecodedView, ruleFor, useCodecs, usePayloads, useReading, type CodecChoice } from '../payloads/index.ts';
import { payloadFileName } from './message-facts.ts';
import type { MessageSession } from './message-session.ts';
import styles from './messages.module.css';
import { detectFormat, looksCoded, type PayloadFormat } from './payload-view.ts';
import type { ShownMessage } from './shown-message.ts';

const formats = [
  { value: 'json', label: 'JSON' },
  { value: 'text', label: 'Text' },
  { value: 'hex', label: 'Hex' },
] as const;
/** Of a payload that a codec reads: its text is the payload's own. */
const decodedFormats = [{ value: 'decoded', label: 'Decoded' }, ...formats.slice(1)] as const;

/** The value of the selected topic, or of a message chosen from its history. */
export function MessageValue({ session }: { readonly session: MessageSession }): ReactElement {
  useModel(session.shown.notifier);
  const state = session.shown.state;
  const [picked, setPicked] = useState<PayloadFormat | 'decoded' | null>(null);
  const [choice, setChoice] = useState<CodecChoice | null>(null);
  const { detail, payload, complete } = state;
  const detected = useMemo(() => detectFormat(payload, complete), [payload, complete]);
  const payloads = usePayloads();
  const codecs = useCodecs();
  const sourceName = useSourceName(session.source);
  const rule = useMemo(() => ruleFor(payloads, session.source, session.topic), [payloads, session]);
  // JSON and text are shown from what is here already; everything else the engine reads, and only what is looked at.
  const isCoded = detail !== null && payload.length > 0 && (choice !== null || rule !== null || looksCoded(detail, payload, detected));
  const reading = useReading(session.source, detail, { wanted: isCoded && payloads !== undefined, choice, version: payloads });
  const isDecoded =
    reading.value !== null &&
    (reading.value.shown.kind !== 'bytes' || reading.value.shown.bytes !== null || reading.value.failure !== null || reading.value.notes.length > 0);
  const format = picked === 'decoded' || picked === null ? (isDecoded ? 'decoded' : detected) : isDecoded && picked === 'json' ? 'decoded' : picked;

  if (state.phase === 'loading') {
    return <Loading label="Loading the value" />;
  }
  if (state.phase === 'failed') {
    return (
      <Banner
        kind="bad"
        title={state.error?.message ?? 'The value could not be read.'}
        actions={
          <Button size="small" onClick={() => session.select(null)}>
            Try again
          </Button>
        }
      >
        {state.error?.advice}
      </Banner>
    );
  }
  if (!detail) {
    return (
      <EmptyState
        compact
        title="No value"
        text={state.mode === 'fixed' ? 'This message is no longer in the history.' : 'No message was received on exactly this topic yet.'}
      />
    );
  }
  return (
    <section className={styles.panel} aria-label="Value">
      <Toolbar
        label="Value"
        end={
          <>
            <CodecMenu
              source={session.source}
              sourceName={sourceName}
              topic={session.topic}
              choice={choice}
              rule={rule}
              found={isCoded ? (reading.value?.codec ?? null) : null}
              why={reading.value?.why ?? null}
              onChoose={(next) => {
                setChoice(next);
                setPicked(null);
              }}
            />
            <SegmentedControl size="small" label="Show the value as" value={format} onChange={setPicked} segments={isDecoded ? decodedFormats : formats} />
            <CopyButton
              label="Copy value"
              text={() =>
                format === 'decoded'
                  ? reading.value?.shown.kind === 'text'
                    ? reading.value.shown.text
                    : copyable(payload, complete, detected)
                  : copyable(payload, complete, format)
              }
            />
            <IconButton
              size="small"
              label="Save value to a file"
              icon={<Download size={14} aria-hidden />}
              onClick={() =>
                void act(
                  session.shown.wholePayload().then((parts) => saveFile(parts, payloadFileName(detail, format === 'decoded' ? detected : format))),
                  'The value could not be saved',
                )
              }
            />
          </>
        }
      >
        <PanelTitle>Value</PanelTitle>
        <MetaLine detail={detail} />
      </Toolbar>
      <Notices session={session} state={state} detail={detail} />
      {choice !== null && (
        <Banner
          title={choice.name === autoCodec ? 'Found out for now, without the rule' : `Read as ${codecTitle(codecs, choice.name)} for now`}
          actions={
            <>
              <Button size="small" onClick={() => void keepAsRule(session, choice).then((kept) => kept && setChoice(null))}>
                Always for this topic
              </Button>
              <Button size="small" variant="ghost" onClick={() => setChoice(null)}>
                {rule ? 'Back to the rule' : 'Back to automatic'}
              </Button>
            </>
          }
        />
      )}
      {reading.error && (
        <Banner kind="warn" title={reading.error.message}>
          {reading.error.advice ?? 'The payload is shown as it came.'}
        </Banner>
      )}
      {format === 'decoded' && reading.value ? (
        <DecodedView reading={reading.value} payload={payload} title={codecTitle(codecs, reading.value.codec)} />
      ) : (
        // Until it is read, nothing: bytes would flash up and go.
        !(isCoded && picked === null && reading.value === null && reading.error === null) && (
          <PayloadView
            key={detail.topic}
            payload={payload}
            complete={complete}
            format={format === 'decoded' ? detected : format}
            onShowHex={() => setPicked('hex')}
          />
        )
      )}
    </section>
  );
}

function useSourceName(source: SourceId): string {
  const connections = useConnections();
  const intercepts = useIntercepts();
  if (isIntercept(source)) return intercepts?.find(({ id }) => source === `intercept:${id}`)?.name ?? 'this intercept';
  return source === 'broker' ? 'the local broker' : (connections?.profiles.find(({ id }) => source === `connection:${id}`)?.name ?? 'this connection');
}

/** A rule for exactly this topic of this source, in the place of the one there is. */
function keepAsRule({ source, topic }: MessageSession, { name, params }: CodecChoice): Promise<boolean> {
  const rule = { id: newId(), source, filter: topic, subscription: false, codec: name, params: { ...params } };
  return act(engineClient().call('payload.saveRule', rule), 'The rule could not be kept');
}

function MetaLine({ detail }: { readonly detail: MessageDetail }): ReactElement {
  const now = useNow(60_000);
  return (
    <div className={styles.meta}>
      <time title={formatDateTime(detail.timeUs)}>{formatTimeNear(detail.timeUs, now)}</time>
      <Badge title="Quality of service">QoS {detail.qos}</Badge>
      {detail.retain && (
        <Badge tone="info" title="The broker keeps this message for new subscribers">
          retained
        </Badge>
      )}
      {detail.dup && <Badge tone="warn">sent again</Badge>}
      <span title={`${formatCount(detail.sizeBytes)} bytes`}>{formatBytes(detail.sizeBytes)}</span>
      {detail.publisher !== null && (
        <span className={styles.from}>
          from <span data-selectable>{detail.publisher}</span>
        </span>
      )}
    </div>
  );
}

function Notices({ session, state, detail }: { readonly session: MessageSession; readonly state: ShownMessage; readonly detail: MessageDetail }): ReactElement {
  const { payload, complete, mode, loadingMore, error } = state;
  return (
    <>
      {mode === 'fixed' && (
        <Banner
          title="A message chosen from the history"
          actions={
            <Button size="small" onClick={() => session.select(null)}>
              Back to the newest
            </Button>
          }
        />
      )}
      {!complete && (
        <Banner
          title={`Large payload: showing the first ${formatBytes(payload.length)} of ${formatBytes(detail.sizeBytes)}`}
          actions={
            <Button size="small" busy={loadingMore} onClick={() => void session.shown.loadMore()}>
              Load the next {formatBytes(Math.min(1_048_576, detail.sizeBytes - payload.length))}
            </Button>
          }
        >
          Saving to a file takes all of it.
        </Banner>
      )}
      {error && (
        <Banner kind="bad" title={error.message}>
          {error.advice}
        </Banner>
      )}
    </>
  );
}

interface PayloadViewProps {
  readonly label?: string;
  readonly payload: Uint8Array;
  readonly complete: boolean;
  readonly format: PayloadFormat;
  readonly onShowHex: () => void;
}

/** Bytes as JSON, text or hex, with a word about what cannot be read. */
export function PayloadView({ label = 'Value', payload, complete, format, onShowHex }: PayloadViewProps): ReactElement {
  const decoded = useMemo(() => (format === 'hex' ? null : decodeText(payload, complete)), [payload, complete, format]);
  const text = useMemo(() => (decoded === null ? '' : format === 'json' ? indentJson(decoded.text) : decoded.text), [decoded, format]);
  const getBytes = useCallback((offset: number, length: number) => payload.subarray(offset, offset + length), [payload]);
  if (payload.length === 0)
    return <EmptyState compact title="Empty payload" text="The message has no content. Sent as retained, it clears the value the broker keeps." />;
  if (decoded === null) return <HexView label={`${label} in hex`} totalBytes={payload.length} getBytes={getBytes} className={styles.hex ?? ''} />;
  return (
    <>
      {decoded.invalidAt !== null && (
        <Banner
          kind="warn"
          title={`Not valid UTF-8 from byte ${formatCount(decoded.invalidAt)} on`}
          actions={
            <Button size="small" onClick={onShowHex}>
              Show as hex
            </Button>
          }
        >
          What cannot be read stands as �; the bytes are kept as they came.
        </Banner>
      )}
      <div className={styles.code}>
        <CodeView label={label} value={text} language={format === 'json' ? 'json' : 'plaintext'} />
      </div>
    </>
  );
}

/** What the copy button takes: the text as it was sent, or the bytes as hex. */
function copyable(payload: Uint8Array, complete: boolean, format: PayloadFormat): string {
  if (format !== 'hex') return decodeText(payload, complete).text;
  return Array.from(payload, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
