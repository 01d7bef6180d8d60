import { Dialog as Base } from '@base-ui/react/dialog';
import { Search } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { Kbd } from '../ui/kbd.tsx';
import type { Command } from './command-registry.ts';
import { runCommand, useAllCommands } from './commands.ts';
import { effectiveChord, type KeymapOverrides } from './keymap.ts';
import { layoutStore } from './layout-store.ts';
import { search } from './palette-search.ts';
import styles from './command-palette.module.css';

const recentKey = 'palette.recent';
const maxRecent = 30;

function recentIds(): readonly string[] {
  const stored = layoutStore.get(recentKey);
  return Array.isArray(stored) ? stored.filter((id) => typeof id === 'string') : [];
}

/** Every command that can be run now, found by words and run with Enter. A combobox with a list, after the WAI-ARIA pattern. */
export function CommandPalette({ keymap, onClose }: { readonly keymap: KeymapOverrides; readonly onClose: () => void }): ReactElement {
  const all = useAllCommands();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => {
    const possible = all.filter((command) => command.id !== 'view.palette' && command.when?.() !== false);
    return query.trim() === '' ? byRecency(possible) : search(query, possible, recentIds());
  }, [all, query]);
  const current = Math.min(active, shown.length - 1);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [current, shown]);

  const choose = (command: Command | undefined): void => {
    if (!command) return;
    layoutStore.set(recentKey, [command.id, ...recentIds().filter((id) => id !== command.id)].slice(0, maxRecent));
    onClose();
    // After the dialog has given the focus back, so that the command may move it.
    setTimeout(() => runCommand(command.id));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = { ArrowDown: current + 1, ArrowUp: current - 1, PageDown: current + 8, PageUp: current - 8 };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const count = shown.length;
      if (count > 0) setActive(event.key.startsWith('Arrow') ? (to + count) % count : Math.min(count - 1, Math.max(0, to)));
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      choose(shown[current]);
    }
  };

  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Viewport className={styles.viewport}>
          <Base.Popup className={styles.popup} initialFocus={input} data-modal-open>
            <Base.Title className="visually-hidden">Commands</Base.Title>
            <div className={styles.search}>
              <Search size={16} aria-hidden />
              <input
                ref={input}
                className={styles.input}
                role="combobox"
                aria-label="Search commands"
                aria-expanded
                aria-controls={listId}
                aria-activedescendant={shown.length > 0 ? `${listId}-${current}` : undefined}
                aria-autocomplete="list"
                placeholder="What do you want to do?"
                autoComplete="off"
                spellCheck={false}
                value={query}
                onChange={(event) => {
                  setQuery(event.target.value);
                  setActive(0);
                }}
                onKeyDown={onKeyDown}
              />
            </div>
            <div ref={list} id={listId} role="listbox" aria-label="Commands" tabIndex={-1} className={styles.list}>
              {shown.map((command, at) => (
                <PaletteRow
                  key={command.id}
                  id={`${listId}-${at}`}
                  command={command}
                  chord={effectiveChord(command, keymap)}
                  selected={at === current}
                  onChoose={() => choose(command)}
                  onPoint={() => setActive(at)}
                />
              ))}
            </div>
            {shown.length === 0 && (
              <p className={styles.none} role="status">
                No command fits “{query}”.
              </p>
            )}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

interface PaletteRowProps {
  readonly id: string;
  readonly command: Command;
  readonly chord: string | undefined;
  readonly selected: boolean;
  readonly onChoose: () => void;
  readonly onPoint: () => void;
}

function PaletteRow({ id, command, chord, selected, onChoose, onPoint }: PaletteRowProps): ReactElement {
  return (
    // The keys are handled by the field, which keeps the focus.
    <div id={id} role="option" tabIndex={-1} aria-selected={selected} className={styles.row} onClick={onChoose} onPointerMove={selected ? undefined : onPoint}>
      <span className={styles.title}>{command.title}</span>
      <span className={styles.group}>{command.group}</span>
      <span className={styles.keys}>{chord === undefined ? null : <Kbd chord={chord} />}</span>
    </div>
  );
}

function byRecency(commands: readonly Command[]): readonly Command[] {
  const recent = recentIds();
  const rank = (command: Command): number => {
    const at = recent.indexOf(command.id);
    return at < 0 ? recent.length : at;
  };
  return commands.toSorted((a, b) => rank(a) - rank(b));
}
