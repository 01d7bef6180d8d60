import { chordOf } from '../ui/chord.ts';
import { isMac } from '../ui/platform.ts';
import type { CommandRegistry } from './command-registry.ts';
import { bindingsOf, commandFor, type KeymapOverrides } from './keymap.ts';

let suspended = 0;

/** Keys run no commands until the returned function is called: while new ones are being recorded. */
export function suspendKeys(): () => void {
  suspended += 1;
  let done = false;
  return () => {
    if (!done) suspended -= 1;
    done = true;
  };
}

/** Runs commands by their keys. Returns what stops it. */
export function listenForKeys(commands: CommandRegistry, overrides: () => KeymapOverrides): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (suspended > 0 || event.isComposing) return;
    const chord = chordOf(event, isMac);
    if (!chord) return;
    const command = commandFor(chord, bindingsOf(commands.list(), overrides(), isMac), isMac, isTextField(event.target));
    // Behind a dialog nothing is to happen.
    if (!command || (isDialogOpen() && !command.id.startsWith('view.palette'))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void commands.run(command.id);
  };
  // Before the editor and other parts with keys of their own.
  window.addEventListener('keydown', onKeyDown, { capture: true });
  return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
}

function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['button', 'checkbox', 'radio', 'range'].includes(target.type);
}

function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"], [role="alertdialog"], [data-modal-open]') !== null;
}
