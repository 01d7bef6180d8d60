import { useEffect, useState, type ReactElement } from 'react';
import { suspendKeys } from '../../app/keys.ts';
import { canMeet, type Binding } from '../../app/keymap.ts';
import { Button } from '../../ui/button.tsx';
import { chordId, chordOf, chordText, isTypingChord, parseChord } from '../../ui/chord.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { isMac } from '../../ui/platform.ts';
import styles from './settings.module.css';

interface RecordKeyDialogProps {
  readonly binding: Binding;
  readonly bindings: readonly Binding[];
  readonly onClose: () => void;
  readonly onSet: (chord: string | null, takeFromOthers: boolean) => void;
}

/** Takes the next keys that are pressed for a command. */
export function RecordKeyDialog({ binding, bindings, onClose, onSet }: RecordKeyDialogProps): ReactElement {
  const [pressed, setPressed] = useState<string | null>(null);
  useEffect(() => suspendKeys(), []);
  useEffect(() => {
    const record = (event: KeyboardEvent): void => {
      const chord = chordOf(event, isMac);
      // These work the dialog itself.
      if (!chord || (!chord.mod && !chord.ctrl && !chord.alt && !chord.meta && ['Tab', 'Enter', 'Space', 'Escape'].includes(chord.key))) return;
      event.preventDefault();
      event.stopPropagation();
      setPressed(chordText(chord));
    };
    window.addEventListener('keydown', record, { capture: true });
    return () => window.removeEventListener('keydown', record, { capture: true });
  }, []);
  const chord = pressed === null ? undefined : parseChord(pressed);
  const others = chord
    ? bindings.filter(
        (other) => other.command.id !== binding.command.id && canMeet(other.command, binding.command) && sameChord(other.chord, chordId(chord, isMac)),
      )
    : [];
  const close = (set?: () => void): void => {
    set?.();
    onClose();
  };
  return (
    <Dialog
      open
      size="small"
      title={`Keys for “${binding.command.title}”`}
      description="Press the keys you want. Escape leaves everything as it is."
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          {binding.chord !== undefined && (
            <Button variant="ghost" onClick={() => close(() => onSet(null, false))}>
              No keys
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={pressed === null} onClick={() => close(() => onSet(pressed, true))}>
            {others.length > 0 ? 'Take over' : 'Use these keys'}
          </Button>
        </>
      }
    >
      <div className={styles.record} role="status">
        {pressed === null ? <span className={styles.faint}>Waiting for keys …</span> : <Kbd chord={pressed} />}
      </div>
      {others.length > 0 && <p className={styles.recordNote}>“{others[0]?.command.title}” has these keys now and would lose them.</p>}
      {chord && isTypingChord(chord) && <p className={styles.recordNote}>Without Ctrl, Alt or Cmd the key works only outside of text fields.</p>}
    </Dialog>
  );
}

function sameChord(text: string | undefined, id: string): boolean {
  const chord = text === undefined ? undefined : parseChord(text);
  return chord !== undefined && chordId(chord, isMac) === id;
}
