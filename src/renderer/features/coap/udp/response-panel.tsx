import { SendHorizontal } from 'lucide-react';
import type { ReactElement } from 'react';
import type { CoapUdpProgress } from '../../../../shared/contract/coap-udp.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ProgressBar } from '../../../ui/progress-bar.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { formatBytes, plural } from '../../common/index.ts';
import { formatMs } from '../../rpc/index.ts';
import { coapUdpStore, useCoapUdp } from './coap-udp-model.ts';
import { phaseWords } from './coap-udp-words.ts';
import { MulticastResponses } from './multicast-responses.tsx';
import { useMulticast } from './multicast-model.ts';
import { ResponseView } from './response-view.tsx';
import styles from './coap-udp.module.css';

const example = 'coap://127.0.0.1:5683/.well-known/core';

/** What became of the last request. */
export function ResponsePanel(): ReactElement {
  const exchange = useCoapUdp((state) => state.exchange);
  const group = useMulticast((state) => state.exchange);
  if (group) return <MulticastResponses exchange={group} />;
  if (!exchange) {
    return (
      <EmptyState
        compact
        icon={<SendHorizontal size={24} aria-hidden />}
        title="No request yet"
        text={
          <>
            Give the address of a CoAP server and send a request. <code>{example}</code> lists what a server on this machine offers.
          </>
        }
        actions={
          <Button size="small" onClick={() => coapUdpStore().edit({ uri: example, method: 'GET' })}>
            Try {example}
          </Button>
        }
      />
    );
  }
  const { label, progress, running, error } = exchange;
  const failure = progress?.failure ?? null;
  return (
    <section className={styles['panel']} aria-label="Response">
      {running && (
        <div className={styles['underWay']}>
          <span className={styles['phase']} role="status">
            <Spinner size={14} /> {progress ? phaseWords(progress) : 'Sending'}
          </span>
          <span className={styles['ellipsis']} title={label}>
            {label}
          </span>
        </div>
      )}
      {progress && <Blocks progress={progress} />}
      {error && (
        <Banner kind={error.code === 'cancelled' ? 'warn' : 'bad'} title={error.message}>
          {error.advice}
        </Banner>
      )}
      {failure && failure.kind !== 'cancelled' && (
        <Banner kind="bad" title={failure.message}>
          {failure.advice}
        </Banner>
      )}
      {progress?.response && <ResponseView response={progress.response} label={label} traffic={trafficWords(progress)} />}
      {progress && !progress.response && <p className={styles['facts']}>{trafficWords(progress)}</p>}
    </section>
  );
}

function trafficWords({ messagesSent, messagesReceived, bytesSent, bytesReceived, retransmissions, elapsedMs }: CoapUdpProgress): string {
  const again = retransmissions === 0 ? '' : `, ${plural(retransmissions, 'retransmission')}`;
  return `${plural(messagesSent, 'message')} out (${formatBytes(bytesSent)})${again}, ${messagesReceived} in (${formatBytes(bytesReceived)}), ${formatMs(elapsedMs)}`;
}

/** How far a transfer in blocks has come. */
function Blocks({ progress: { upload, download } }: { readonly progress: CoapUdpProgress }): ReactElement | null {
  if (!upload && !download) return null;
  return (
    <div className={styles['bars']}>
      {upload && <Bar label="Sent in blocks" {...upload} />}
      {download && <Bar label="Received in blocks" {...download} />}
    </div>
  );
}

function Bar({ label, bytes, totalBytes }: { readonly label: string; readonly bytes: number; readonly totalBytes: number | null }): ReactElement {
  return (
    <div className={styles['bar']}>
      <span>
        {label}: {formatBytes(bytes)}
        {totalBytes === null ? '' : ` of ${formatBytes(totalBytes)}`}
      </span>
      <ProgressBar label={label} value={totalBytes === null || totalBytes === 0 ? null : bytes / totalBytes} />
    </div>
  );
}
