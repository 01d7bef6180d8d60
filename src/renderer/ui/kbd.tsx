import { chordKeys, parseChord } from './chord.ts';
import { isMac } from './platform.ts';
import styles from './kbd.module.css';

/** The keys of a chord, as printed on this platform's keyboards. */
export function Kbd({ chord }: { readonly chord: string }) {
  const parsed = parseChord(chord);
  const keys = parsed ? chordKeys(parsed, isMac) : [chord];
  return (
    <kbd className={styles['chord']}>
      {keys.map((key) => (
        <kbd key={key} className={styles['key']}>
          {key}
        </kbd>
      ))}
    </kbd>
  );
}
