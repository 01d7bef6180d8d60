import { Keyboard, RotateCcw, Search } from 'lucide-react';
import { useMemo, useState, type ReactElement } from 'react';
import { useAllCommands } from '../../app/commands.ts';
import { bindingsOf, rebind, type Binding, type KeymapOverrides } from '../../app/keymap.ts';
import { score } from '../../app/palette-search.ts';
import { updateSettings } from '../../app/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { isMac } from '../../ui/platform.ts';
import { TextField } from '../../ui/text-field.tsx';
import { Card } from '../common/index.ts';
import { RecordKeyDialog } from './record-key-dialog.tsx';
import styles from './settings.module.css';

/** Every command with its keys, which can be changed. */
export function KeymapCard({ keymap }: { readonly keymap: KeymapOverrides }): ReactElement {
  const commands = useAllCommands();
  const [query, setQuery] = useState('');
  const [recording, setRecording] = useState<Binding | null>(null);
  const bindings = useMemo(() => bindingsOf(commands, keymap, isMac), [commands, keymap]);
  const shown =
    query.trim() === ''
      ? bindings
      : bindings.filter(
          ({ command, chord }) => score(query, { title: command.title, group: command.group, keywords: `${command.keywords ?? ''} ${chord ?? ''}` }) > 0,
        );
  const set = (id: string, chord: string | null, takeFromOthers: boolean): void =>
    void updateSettings({ keymap: { ...rebind(commands, keymap, id, chord, takeFromOthers, isMac) } });
  const reset = (id: string): void => {
    const { [id]: _removed, ...others } = keymap;
    void updateSettings({ keymap: others });
  };
  const resetAll = async (): Promise<void> => {
    if (await confirm({ title: 'Take back all changed keys?', text: 'Every command gets its default keys again.', action: 'Take back', danger: true }))
      void updateSettings({ keymap: {} });
  };
  return (
    <Card
      title="Keyboard shortcuts"
      flush
      actions={
        <>
          <TextField
            label="Search shortcuts"
            labelHidden
            type="search"
            size="small"
            icon={<Search size={14} aria-hidden />}
            placeholder="Command or key"
            clearable
            value={query}
            onChange={setQuery}
          />
          {Object.keys(keymap).length > 0 && (
            <Button size="small" onClick={() => void resetAll()}>
              Take back all changes
            </Button>
          )}
        </>
      }
    >
      {shown.length === 0 ? (
        <EmptyState compact icon={<Keyboard size={18} aria-hidden />} title="No command fits" text="Search for a part of its name, its group or its keys." />
      ) : (
        <table className={styles.keys}>
          <caption className="visually-hidden">Keyboard shortcuts</caption>
          <thead>
            <tr>
              <th scope="col">Command</th>
              <th scope="col">Group</th>
              <th scope="col">Keys</th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((binding) => (
              <tr key={binding.command.id}>
                <th scope="row">{binding.command.title}</th>
                <td className={styles.muted}>{binding.command.group}</td>
                <td>
                  <span className={styles.chord}>
                    {binding.chord === undefined ? <span className={styles.faint}>none</span> : <Kbd chord={binding.chord} />}
                    {binding.conflicts.length > 0 && <span className={styles.conflict}>also “{binding.conflicts[0]?.title}”</span>}
                  </span>
                </td>
                <td className={styles.keyActions}>
                  {binding.changed && (
                    <IconButton
                      size="small"
                      label={`Default keys for ${binding.command.title}`}
                      icon={<RotateCcw size={13} aria-hidden />}
                      onClick={() => reset(binding.command.id)}
                    />
                  )}
                  <Button size="small" variant="ghost" aria-label={`Change the keys of ${binding.command.title}`} onClick={() => setRecording(binding)}>
                    Change
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {recording && (
        <RecordKeyDialog
          binding={recording}
          bindings={bindings}
          onClose={() => setRecording(null)}
          onSet={(chord, take) => set(recording.command.id, chord, take)}
        />
      )}
    </Card>
  );
}
