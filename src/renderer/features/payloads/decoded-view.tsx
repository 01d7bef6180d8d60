import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { PayloadReading } from '../../../shared/contract/payload.ts';
import { CodeView } from '../../editor/code-view.tsx';
import { Banner } from '../../ui/banner.tsx';
import { HexView } from '../../ui/hex-view.tsx';
import { formatCount } from '../common/index.ts';
import styles from './payloads.module.css';

/** Rows that are laid out; all of them are in the file and in the text. */
const maxShownRows = 1000;

export interface DecodedViewProps {
  readonly reading: PayloadReading;
  readonly payload: Uint8Array;
  /** Of the codec, for a person. */
  readonly title: string;
}

/** A payload as its codec reads it; what cannot be read, as bytes with the reason. */
export function DecodedView({ reading, payload, title }: DecodedViewProps): ReactElement {
  const { shown, notes, failure } = reading;
  const at = failure?.at ?? null;
  return (
    <div className={styles.view}>
      {failure && (
        <Banner kind="warn" title={`This cannot be read as ${title}`}>
          {sentence(failure.reason)}
          {at === null ? '' : ` At byte ${formatCount(at)}.`} The bytes are kept as they came.
        </Banner>
      )}
      {notes.length > 0 && (
        <div className={styles.notes} role="note">
          {notes.map((note) => (
            <span key={note} className={styles.note}>
              {note}
            </span>
          ))}
        </div>
      )}
      {shown.kind === 'text' && (
        <div className={styles.code}>
          <CodeView label="Value" value={shown.text} language={shown.language === 'json' ? 'json' : 'plaintext'} />
        </div>
      )}
      {shown.kind === 'bytes' && <Bytes bytes={shown.bytes ?? payload} />}
      {shown.kind === 'image' && <Picture bytes={shown.bytes} mediaType={shown.mediaType} width={shown.width} height={shown.height} />}
      {shown.kind === 'rows' && <Rows header={shown.header} rows={shown.rows} />}
    </div>
  );
}

const sentence = (reason: string): string => `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}.`;

function Bytes({ bytes }: { readonly bytes: Uint8Array }): ReactElement {
  const getBytes = useCallback((offset: number, length: number) => bytes.subarray(offset, offset + length), [bytes]);
  return <HexView label="Value in hex" totalBytes={bytes.length} getBytes={getBytes} className={styles.code ?? ''} />;
}

interface PictureProps {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly width: number | null;
  readonly height: number | null;
}

/** The page's rules let pictures in as `data:` only, so the bytes become one. */
function Picture({ bytes, mediaType, width, height }: PictureProps): ReactElement {
  const [address, setAddress] = useState<string | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    const reader = new FileReader();
    reader.addEventListener('load', () => {
      setBroken(false);
      setAddress(typeof reader.result === 'string' ? reader.result : null);
    });
    reader.readAsDataURL(new Blob([bytes.slice()], { type: mediaType }));
    return () => reader.abort();
  }, [bytes, mediaType]);
  const size = width === null || height === null ? '' : `, ${width} × ${height}`;
  if (broken) return <Banner kind="warn" title={`This ${mediaType} cannot be shown: it is damaged, or cut short.`} />;
  return (
    <div className={styles.picture}>{address !== null && <img src={address} alt={`The payload, ${mediaType}${size}`} onError={() => setBroken(true)} />}</div>
  );
}

function Rows({ header, rows }: { readonly header: readonly string[] | null; readonly rows: readonly (readonly string[])[] }): ReactElement {
  const shown = rows.slice(0, maxShownRows);
  return (
    <>
      {rows.length > shown.length && (
        <Banner title={`The first ${formatCount(shown.length)} of ${formatCount(rows.length)} rows`}>Text shows all of them.</Banner>
      )}
      {/* A scrolled region has to be reachable by keyboard. */}
      <section className={styles.tableFrame} aria-label="Rows" tabIndex={0}>
        <table className={styles.table} data-selectable>
          {header && (
            <thead>
              <tr>
                <th scope="col">#</th>
                {header.map((name, index) => (
                  // oxlint-disable-next-line react/no-array-index-key -- places in a table are what its cells are
                  <th key={index} scope="col" title={name}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
          )}
          <tbody>
            {shown.map((row, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- places in a table are what its cells are
              <tr key={index}>
                <td className={styles.number}>{index + 1}</td>
                {row.map((field, column) => (
                  // oxlint-disable-next-line react/no-array-index-key -- places in a table are what its cells are
                  <td key={column} title={field}>
                    {field}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
