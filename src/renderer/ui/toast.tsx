import { Toast as Base } from '@base-ui/react/toast';
import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import type { ComponentType } from 'react';
import { Button } from './button.tsx';
import { cx } from './cx.ts';
import { IconButton } from './icon-button.tsx';
import styles from './toast.module.css';

type ToastKind = 'info' | 'ok' | 'warn' | 'bad';

export interface ToastOptions {
  readonly kind?: ToastKind;
  readonly title: string;
  readonly detail?: string | undefined;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
  /** A toast with the same id is replaced instead of added. */
  readonly id?: string;
}

interface ToastData {
  readonly kind: ToastKind;
  readonly action: ToastOptions['action'];
}

const manager = Base.createToastManager<ToastData>();
/** What a person has to read takes longer; problems stay until they are closed. */
const shownMs: Readonly<Record<ToastKind, number>> = { info: 5000, ok: 4000, warn: 10_000, bad: 0 };
const withActionMs = 12_000;

/** Short news at the corner of the window, from anywhere in the page. */
export const toasts = {
  show({ kind = 'info', title, detail, action, id }: ToastOptions): string {
    const timeout = shownMs[kind] === 0 ? 0 : Math.max(shownMs[kind], action ? withActionMs : 0);
    return manager.add({
      title,
      description: detail,
      timeout,
      priority: kind === 'bad' ? 'high' : 'low',
      data: { kind, action },
      ...(id === undefined ? {} : { id }),
    });
  },
  close: (id: string): void => manager.close(id),
};

const icons: Readonly<Record<ToastKind, ComponentType<{ readonly size: number; readonly 'aria-hidden': boolean }>>> = {
  info: Info,
  ok: CircleCheck,
  warn: TriangleAlert,
  bad: CircleAlert,
};

/** Shows the toasts. Once in the page; F6 moves the focus to them. */
export function ToastHost() {
  return (
    <Base.Provider toastManager={manager} limit={4}>
      <Base.Portal>
        <Base.Viewport className={styles['viewport']}>
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function ToastList() {
  const { toasts: shown, close } = Base.useToastManager<ToastData>();
  return shown.map((toast) => {
    const kind = toast.data?.kind ?? 'info';
    const action = toast.data?.action;
    const Icon = icons[kind];
    return (
      <Base.Root
        key={toast.id}
        toast={toast}
        swipeDirection="right"
        className={cx(styles['toast'], styles[kind])}
        // Base UI hides a problem from screen readers until it has the focus, though it can be reached: a hidden alert reads it out, so it only must not be read twice.
        aria-hidden={false}
        aria-live={kind === 'bad' ? 'off' : undefined}
      >
        <Base.Content className={styles['content']}>
          <span className={styles['icon']}>
            <Icon size={16} aria-hidden />
          </span>
          <div className={styles['text']}>
            <Base.Title className={styles['title']} />
            <Base.Description className={styles['detail']} />
            {action === undefined ? null : (
              <div>
                <Button
                  size="small"
                  onClick={() => {
                    close(toast.id);
                    action.run();
                  }}
                >
                  {action.label}
                </Button>
              </div>
            )}
          </div>
          <Base.Close aria-hidden={false} render={<IconButton size="small" label="Dismiss" icon={<X size={14} />} tooltipSide="left" />} />
        </Base.Content>
      </Base.Root>
    );
  });
}
