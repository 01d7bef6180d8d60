import { Copy, Download } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import type { TransferFormat } from '../../../../shared/contract/connection-transfer.ts';
import type { ConnectionProfileView } from '../../../../shared/contract/connections.ts';
import { showError } from '../../../app/show-error.ts';
import { engineClient } from '../../../data/index.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { copyText, plural, saveFile, useFirst } from '../../common/index.ts';
import type { ExportResult } from '../../../../shared/connections/transfer/transfer-types.ts';
import { LossList } from './loss-list.tsx';
import { formatDetails, formatNames } from './transfer-words.ts';
import styles from './transfer.module.css';

const shownCharacters = 100_000;
const formats: readonly TransferFormat[] = ['uri', 'mqttx', 'mqtt-explorer', 'distmqtt', 'mqttxx'];

interface Props {
  readonly profiles: readonly ConnectionProfileView[];
  readonly ids: readonly string[];
  readonly onClose: () => void;
}

/** Chosen connections in the format of another tool, to copy or to save. */
export function ExportDialog({ profiles, ids, onClose }: Props): ReactElement {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(ids));
  const [format, setFormat] = useState<TransferFormat>('uri');
  const [secrets, setSecrets] = useState(false);
  const [result, setResult] = useState<ExportResult | null>(null);
  const wanted = profiles.filter(({ id }) => chosen.has(id));
  const rows = useFirst(profiles, 100);
  const key = wanted.map(({ id }) => id).join(' ');
  const hasSecrets = wanted.some(({ secretsSet }) => secretsSet.length > 0);

  useEffect(() => {
    if (key === '') return setResult(null);
    let current = true;
    engineClient()
      .call('connections.export', { ids: key.split(' '), format, secrets })
      .then((next) => current && setResult(next))
      .catch((error: unknown) => current && showError(error, 'The connections could not be exported'));
    return () => {
      current = false;
    };
  }, [key, format, secrets]);

  const save = (): void => {
    if (result) saveFile([new TextEncoder().encode(result.text)], result.fileName);
  };
  return (
    <Dialog
      open
      size="large"
      title="Export connections"
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button icon={<Copy size={14} aria-hidden />} disabled={!result} onClick={() => void copyText(result?.text ?? '')}>
            Copy
          </Button>
          <Button variant="primary" icon={<Download size={14} aria-hidden />} disabled={!result} onClick={save}>
            Save …
          </Button>
        </>
      }
    >
      <div className={styles['body']}>
        <div className={styles['bar']}>
          <div className={styles['choice']}>
            <Select
              label="Format"
              value={format}
              onChange={setFormat}
              options={formats.map((value) => ({ value, label: formatNames[value], detail: formatDetails[value] }))}
            />
          </div>
          <Checkbox label="With passwords and keys" checked={secrets} disabled={!hasSecrets && !secrets} onChange={setSecrets} />
        </div>
        {secrets && (
          <Banner inset kind="warn" title="The text holds passwords that anyone can read">
            Keep the file where only you can read it, and delete it when it is imported.
          </Banner>
        )}
        <Checkbox
          label={`${wanted.length} of ${plural(profiles.length, 'connection')}`}
          checked={wanted.length === profiles.length}
          mixed={wanted.length > 0 && wanted.length < profiles.length}
          onChange={(all) => setChosen(new Set(all ? profiles.map(({ id }) => id) : []))}
        />
        <ul className={styles['list']} aria-label="Connections to export">
          {rows.shown.map(({ id, name, uri }) => {
            const at = wanted.findIndex((one) => one.id === id);
            const losses = at < 0 ? undefined : result?.losses[at];
            return (
              <li key={id} className={styles['item']}>
                <Checkbox
                  label={name}
                  hint={uri}
                  checked={chosen.has(id)}
                  onChange={(on) => setChosen(new Set(on ? [...chosen, id] : [...chosen].filter((other) => other !== id)))}
                />
                {losses && <LossList losses={losses} />}
              </li>
            );
          })}
          {rows.more && <li className={styles['item']}>{rows.more}</li>}
        </ul>
        {result && (
          <TextArea
            label={result.text.length > shownCharacters ? 'The beginning' : 'Text'}
            mono
            readOnly
            rows={8}
            value={result.text.slice(0, shownCharacters)}
            onChange={() => undefined}
          />
        )}
      </div>
    </Dialog>
  );
}
