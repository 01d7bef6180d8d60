import { Download } from 'lucide-react';
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { RetainedMessage } from '../../../../shared/contract/broker-lists.ts';
import type { PayloadReading } from '../../../../shared/contract/payload.ts';
import { engineClient } from '../../../data/index.ts';
import { Banner } from '../../../ui/banner.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Toolbar } from '../../../ui/toolbar.tsx';
import { formatBytes, saveFile } from '../../common/index.ts';
import { detectFormat, looksCoded, PayloadView, type PayloadFormat } from '../../messages/index.ts';
import { codecTitle, DecodedView, ruleFor, useCodecs, usePayloads } from '../../payloads/index.ts';
import styles from '../inside.module.css';

const formats = [
  { value: 'json', label: 'JSON' },
  { value: 'text', label: 'Text' },
  { value: 'hex', label: 'Hex' },
] as const;
const decodedFormats = [{ value: 'decoded', label: 'Decoded' }, ...formats.slice(1)] as const;

/** The payload of a retained message, read as elsewhere: by rule, as found out, or as JSON, text and bytes. */
export function RetainedPayload({ message }: { readonly message: RetainedMessage }): ReactElement {
  const { topic, payload, sizeBytes, properties } = message;
  const [picked, setPicked] = useState<PayloadFormat | 'decoded' | null>(null);
  const complete = payload.length >= sizeBytes;
  const detected = useMemo(() => detectFormat(payload, complete), [payload, complete]);
  const payloads = usePayloads();
  const codecs = useCodecs();
  const rule = useMemo(() => ruleFor(payloads, 'broker', topic), [payloads, topic]);
  const isCoded = complete && payloads !== undefined && payload.length > 0 && (rule !== null || looksCoded(message, payload, detected));
  const reading = useDecoded(isCoded ? message : null, payloads);
  const isDecoded = reading !== null && (reading.shown.kind !== 'bytes' || reading.shown.bytes !== null || reading.failure !== null);
  const wanted = picked === null || picked === 'decoded' ? (isDecoded ? 'decoded' : detected) : isDecoded && picked === 'json' ? 'decoded' : picked;
  return (
    <section className={styles['payload']} aria-label="Payload">
      <Toolbar
        label="Payload"
        end={
          <IconButton
            size="small"
            label="Save the payload to a file"
            icon={<Download size={14} aria-hidden />}
            disabled={!complete}
            onClick={() =>
              saveFile(
                [payload],
                `${topic.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').slice(-80)}.${detected === 'json' ? 'json' : detected === 'text' ? 'txt' : 'bin'}`,
              )
            }
          />
        }
      >
        <SegmentedControl size="small" label="Show the payload as" value={wanted} onChange={setPicked} segments={isDecoded ? decodedFormats : formats} />
        {reading !== null && properties?.contentType !== undefined && <span className={styles['faint']}>{properties.contentType}</span>}
      </Toolbar>
      {!complete && <Banner title={`Large payload: the first ${formatBytes(payload.length)} of ${formatBytes(sizeBytes)}`}>An export has all of it.</Banner>}
      {wanted === 'decoded' && reading !== null ? (
        <DecodedView reading={reading} payload={payload} title={codecTitle(codecs, reading.codec)} />
      ) : (
        <PayloadView
          key={topic}
          label="Payload"
          payload={payload}
          complete={complete}
          format={wanted === 'decoded' ? detected : wanted}
          onShowHex={() => setPicked('hex')}
        />
      )}
    </section>
  );
}

/** What the codecs make of it; `null` until then, and where nothing is asked. */
function useDecoded(message: RetainedMessage | null, version: unknown): PayloadReading | null {
  const [reading, setReading] = useState<{ readonly of: Uint8Array; readonly value: PayloadReading } | null>(null);
  useEffect(() => {
    if (message === null) return undefined;
    let stale = false;
    const { topic, payload, properties } = message;
    engineClient()
      .call('payload.decode', {
        source: 'broker',
        topic,
        message: new Uint8Array(payload),
        ...(properties?.contentType === undefined ? {} : { contentType: properties.contentType }),
      })
      .then(
        (value) => stale || setReading({ of: payload, value }),
        // Then it is shown as it came.
        () => undefined,
      );
    return () => {
      stale = true;
    };
  }, [message, version]);
  return message !== null && reading?.of === message.payload ? reading.value : null;
}
