import { FileUp, X } from 'lucide-react';
import { useId, useRef, useState, type ReactElement } from 'react';
import { coapUdpLimits } from '../../../../shared/coap/udp/limits.ts';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { formatBytes } from '../../common/index.ts';
import type { FilePayload } from './request-draft.ts';
import styles from './coap-udp.module.css';

interface PayloadFileProps {
  readonly file: FilePayload | null;
  readonly problem: string | undefined;
  readonly onChange: (file: FilePayload | null) => void;
}

/** A file whose bytes are the payload: chosen, or dropped here. */
export function PayloadFile({ file, problem, onChange }: PayloadFileProps): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  const errorId = useId();
  const [unreadable, setUnreadable] = useState<string | null>(null);
  const take = async (chosen: File | undefined): Promise<void> => {
    if (!chosen) return;
    try {
      onChange({ name: chosen.name, bytes: new Uint8Array(await chosen.slice(0, coapUdpLimits.bodyBytes + 1).arrayBuffer()) });
      setUnreadable(null);
    } catch {
      setUnreadable(`“${chosen.name}” could not be read. Choose it again.`);
    }
  };
  const error = unreadable ?? problem;
  const isTooLarge = file !== null && file.bytes.length > coapUdpLimits.bodyBytes;
  return (
    <div
      className={styles['file']}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void take(event.dataTransfer.files[0]);
      }}
    >
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File with the payload"
        onChange={(event) => {
          void take(event.target.files?.[0]);
          // The same file may be chosen again after it has changed.
          event.target.value = '';
        }}
      />
      <Button icon={<FileUp size={14} aria-hidden />} onClick={() => input.current?.click()} aria-describedby={error === undefined ? undefined : errorId}>
        {file ? 'Choose another file' : 'Choose a file'}
      </Button>
      {file ? (
        <span className={styles['fileName']}>
          <span className={styles['ellipsis']} title={file.name}>
            {file.name}
          </span>
          <span className={styles['quiet']}>{isTooLarge ? `more than ${formatBytes(coapUdpLimits.bodyBytes)}` : formatBytes(file.bytes.length)}</span>
          <IconButton size="small" label="Take no file" icon={<X size={13} aria-hidden />} onClick={() => onChange(null)} />
        </span>
      ) : (
        <span className={styles['faint']}>or drop one here; its bytes are sent as they are, in blocks</span>
      )}
      {error !== undefined && (
        <p id={errorId} className={styles['error']} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
