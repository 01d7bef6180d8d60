import { Download } from 'lucide-react';
import { useCallback, useMemo, useState, type ReactElement } from 'react';
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
import { act, CopyButton, formatBytes, formatCount, formatDateTime, formatTimeNear, saveFile, useModel, useNow } from '../common/index.ts';
import { payloadFileName } from './message-facts.ts';
import type { MessageSession } from './message-session.ts';
import styles from './messages.module.css';
import { detectFormat, type PayloadFormat } from './payload-view.ts';
import type { ShownMessage } from './shown-message.ts';

const formats = [
  { value: 'json', label: 'JSON' },
  { value: 'text', label: 'Text' },
  { value: 'hex', label: 'Hex' },
] as const;

/** The value of the selected topic, or of a message chosen from its history. */
export function MessageValue({ session }: { readonly session: MessageSession }): ReactElement {
  useModel(session.shown.notifier);
  const state = session.shown.state;
  const [picked, setPicked] = useState<PayloadFormat | null>(null);
  const { detail, payload, complete } = state;
  const detected = useMemo(() => detectFormat(payload, complete), [payload, complete]);
  const format = picked ?? detected;

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
            <SegmentedControl size="small" label="Show the value as" value={format} onChange={setPicked} segments={formats} />
            <CopyButton label="Copy value" text={() => copyable(payload, complete, format)} />
            <IconButton
              size="small"
              label="Save value to a file"
              icon={<Download size={14} aria-hidden />}
              onClick={() =>
                void act(
                  session.shown.wholePayload().then((parts) => saveFile(parts, payloadFileName(detail, format))),
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
      <PayloadView key={detail.topic} payload={payload} complete={complete} format={format} onShowHex={() => setPicked('hex')} />
    </section>
  );
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
