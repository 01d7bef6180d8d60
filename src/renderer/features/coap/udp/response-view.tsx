import { Download } from 'lucide-react';
import { useState, type ReactElement, type ReactNode } from 'react';
import type { CoapUdpResponse } from '../../../../shared/contract/coap-udp.ts';
import { Badge } from '../../../ui/badge.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { KeyValueTable } from '../../../ui/key-value-table.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { formatBytes, saveFile } from '../../common/index.ts';
import { PayloadView, type PayloadFormat } from '../../messages/index.ts';
import { formatMs } from '../../rpc/index.ts';
import { clockTime, codeTone, codeWords, optionRows, payloadFormat, responseFileName } from './coap-udp-words.ts';
import { toHex } from '../../../../shared/coap/udp/hex.ts';
import styles from './coap-udp.module.css';

const formats = [
  { value: 'json', label: 'JSON' },
  { value: 'text', label: 'Text' },
  { value: 'hex', label: 'Hex' },
] as const;

interface ResponseViewProps {
  readonly response: CoapUdpResponse;
  readonly label: string;
  /** What the request took; absent: a notification. */
  readonly traffic?: string;
  readonly actions?: ReactNode;
}

/** A response with its code, options and payload. */
export function ResponseView({ response, label, traffic, actions }: ResponseViewProps): ReactElement {
  const [picked, setPicked] = useState<PayloadFormat | null>(null);
  const { code, payload, options, type, messageId, token, from, elapsedMs, at } = response;
  const format = picked ?? payloadFormat(response);
  return (
    <div className={styles['response']}>
      <div className={styles['head']}>
        <Badge tone={codeTone(code)}>{codeWords(code)}</Badge>
        <span className={styles['strong']} title={traffic === undefined ? 'since the resource was asked to be observed' : 'from the request to the response'}>
          {traffic === undefined ? '+' : ''}
          {formatMs(elapsedMs)}
        </span>
        <span>{formatBytes(payload.length)}</span>
        <span className={styles['ellipsis']} title={label}>
          {label}
        </span>
        <SegmentedControl size="small" label="Show the payload as" value={format} onChange={setPicked} segments={formats} />
        <IconButton
          size="small"
          label="Save the payload to a file"
          icon={<Download size={14} aria-hidden />}
          disabled={payload.length === 0}
          onClick={() => saveFile([payload], responseFileName(label, response))}
        />
        {actions}
      </div>
      <div className={styles['body']}>
        <div className={styles['payloadView']}>
          {payload.length === 0 ? (
            <p className={styles['none']}>No payload</p>
          ) : (
            <PayloadView label="Payload" payload={payload} complete format={format} onShowHex={() => setPicked('hex')} />
          )}
        </div>
        <div className={styles['side']} tabIndex={0} role="group" aria-label="Options and message">
          <h3 className={styles['label']}>Options</h3>
          {options.length === 0 ? <p className={styles['faint']}>None</p> : <KeyValueTable compact label="Options" rows={optionRows(options)} />}
          <h3 className={styles['label']}>Message</h3>
          <KeyValueTable
            compact
            label="Message"
            rows={[
              { key: 'From', value: from, mono: true },
              { key: 'Type', value: type, mono: true },
              { key: 'Message id', value: String(messageId), mono: true },
              { key: 'Token', value: token.length === 0 ? 'empty' : toHex(token), mono: true },
              { key: 'At', value: clockTime(at) },
              ...(traffic === undefined ? [] : [{ key: 'Traffic', value: traffic }]),
            ]}
          />
        </div>
      </div>
    </div>
  );
}
