import { AlertDialog as Base } from '@base-ui/react/alert-dialog';
import { useRef, useSyncExternalStore, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { cx } from './cx.ts';
import styles from './dialog.module.css';

export interface ConfirmOptions {
  /** The question: `Delete “Lab broker”?` */
  readonly title: string;
  /** What will happen, with numbers where there are any. */
  readonly text?: ReactNode;
  /** The deed as a verb: `Delete`, `Clear 12 topics`. */
  readonly action: string;
  readonly cancel?: string;
  /** It cannot be undone. */
  readonly danger?: boolean;
}

interface Question extends ConfirmOptions {
  readonly answer: (yes: boolean) => void;
}

let questions: readonly Question[] = [];
let closing: Question | undefined;
const listeners = new Set<() => void>();

function change(next: readonly Question[]): void {
  if (questions[0] && next[0] !== questions[0]) closing = questions[0];
  questions = next;
  for (const listener of [...listeners]) listener();
}

/** Asks the user and waits. Closing the dialog is a no. Questions asked meanwhile wait their turn. */
export function confirm(options: ConfirmOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const question: Question = {
      ...options,
      answer: (yes) => {
        change(questions.filter((other) => other !== question));
        resolve(yes);
      },
    };
    change([...questions, question]);
  });
}

/** Shows what `confirm` asks. Once in the page. */
export function ConfirmHost() {
  const question = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => questions[0],
  );
  const cancel = useRef<HTMLButtonElement>(null);
  const action = useRef<HTMLButtonElement>(null);
  // The text stays while the dialog fades.
  const shown = question ?? closing;
  return (
    <Base.Root open={question !== undefined} onOpenChange={(open) => !open && question?.answer(false)}>
      <Base.Portal>
        <Base.Backdrop className={styles['backdrop']} />
        <Base.Viewport className={styles['viewport']}>
          <Base.Popup className={cx(styles['popup'], styles['small'])} initialFocus={shown?.danger ? cancel : action}>
            <header className={styles['header']}>
              <div className={styles['heading']}>
                <Base.Title className={styles['title']}>{shown?.title}</Base.Title>
                {shown?.text === undefined ? null : (
                  <Base.Description className={styles['description']} render={<div />}>
                    {shown.text}
                  </Base.Description>
                )}
              </div>
            </header>
            <footer className={styles['footer']}>
              <Button ref={cancel} onClick={() => question?.answer(false)}>
                {shown?.cancel ?? 'Cancel'}
              </Button>
              <Button ref={action} variant={shown?.danger ? 'danger' : 'primary'} onClick={() => question?.answer(true)}>
                {shown?.action}
              </Button>
            </footer>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
