import { useState, type ReactElement } from 'react';
import type { Settings } from '../../../shared/contract/workspace.ts';
import type { SourceId } from '../../../shared/contract/common.ts';
import { updateSettings } from '../../app/workspace.ts';
import { showError } from '../../app/show-error.ts';
import { engineClient } from '../../data/index.ts';
import { Button } from '../../ui/button.tsx';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Select } from '../../ui/select.tsx';
import { toasts } from '../../ui/toast.tsx';
import { Card, listIntercepts, listSources, plural, useBrokerStatus, useConnections, useIntercepts, useInterceptStatuses, useLedger } from '../common/index.ts';
import { describeSize } from '../history/index.ts';
import styles from './settings.module.css';

const mebibyte = 1_048_576;

/** How much of what was received is kept and shown. */
export function HistoryCard({ settings }: { readonly settings: Settings }): ReactElement {
  const ledger = useLedger();
  return (
    <Card title="Messages">
      <div className={styles.stack}>
        <Mebibytes
          label="Message history on disk"
          hint="When it is full, the oldest messages are deleted first."
          bytes={settings.historyBudgetBytes}
          min={1}
          max={1_048_576}
          onChange={(historyBudgetBytes) => void updateSettings({ historyBudgetBytes })}
        />
        {ledger && (
          <div className={styles.usage}>
            <span>Used: {describeSize(ledger)}</span>
            <ProgressBar label="History budget used" value={ledger.budgetBytes > 0 ? Math.min(1, ledger.sizeBytes / ledger.budgetBytes) : 0} />
          </div>
        )}
        <Mebibytes
          label="Largest payload shown at once"
          hint="Of a larger one the first part is shown and the rest on request; it is stored and saved whole."
          bytes={settings.maxShownPayloadBytes}
          min={1}
          max={20}
          onChange={(maxShownPayloadBytes) => void updateSettings({ maxShownPayloadBytes })}
        />
        <ClearHistory />
      </div>
    </Card>
  );
}

interface MebibytesProps {
  readonly label: string;
  readonly hint: string;
  readonly bytes: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (bytes: number) => void;
}

function Mebibytes({ label, hint, bytes, min, max, onChange }: MebibytesProps): ReactElement {
  const [typed, setTyped] = useState<number | null | undefined>(undefined);
  const saved = Math.max(min, Math.round(bytes / mebibyte));
  return (
    <NumberField
      className={styles.number}
      label={label}
      hint={hint}
      unit="MiB"
      min={min}
      max={max}
      value={typed === undefined ? saved : typed}
      onChange={setTyped}
      onCommit={(value) => {
        setTyped(undefined);
        if (value !== null && value !== saved) onChange(Math.min(max, Math.max(min, Math.round(value))) * mebibyte);
      }}
    />
  );
}

function ClearHistory(): ReactElement {
  const sources = [...listSources(useBrokerStatus(), useConnections()), ...listIntercepts(useIntercepts(), useInterceptStatuses())];
  const [chosen, setChosen] = useState<SourceId>('broker');
  const [busy, setBusy] = useState(false);
  const source = sources.find(({ id }) => id === chosen) ?? sources[0];
  const clear = async (): Promise<void> => {
    if (!source) return;
    const agreed = await confirm({
      title: `Delete the stored messages of “${source.name}”?`,
      text: 'Its history is deleted from the disk, RPC calls included. This cannot be undone.',
      action: 'Delete messages',
      danger: true,
    });
    if (!agreed) return;
    setBusy(true);
    try {
      const { deleted } = await engineClient().call('messages.clearHistory', { source: source.id });
      toasts.show({ kind: 'ok', title: `${plural(deleted, 'message')} deleted` });
    } catch (error) {
      showError(error, 'The history could not be deleted');
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={styles.clear}>
      <Select
        label="Delete the stored messages of"
        value={source?.id ?? null}
        onChange={(id) => setChosen(id)}
        options={sources.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <Button variant="danger" busy={busy} onClick={() => void clear()}>
        Delete …
      </Button>
    </div>
  );
}
