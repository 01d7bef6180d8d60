import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { cx } from './cx.ts';
import { IconButton } from './icon-button.tsx';
import styles from './dialog.module.css';

export interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly size?: 'small' | 'medium' | 'large';
  /** Buttons at the foot, the main one last. */
  readonly footer?: ReactNode;
  readonly children?: ReactNode;
  /** What is focused first; otherwise the first control. */
  readonly initialFocus?: RefObject<HTMLElement | null>;
  /** A click beside the dialog does not close it: for forms with unsaved input. */
  readonly persistent?: boolean;
}

export function Dialog({ open, onOpenChange, title, description, size = 'medium', footer, children, initialFocus, persistent = false }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)} disablePointerDismissal={persistent}>
      <Base.Portal>
        <Base.Backdrop className={styles['backdrop']} />
        <Base.Viewport className={styles['viewport']}>
          <Base.Popup className={cx(styles['popup'], styles[size])} {...(initialFocus ? { initialFocus } : {})}>
            <header className={styles['header']}>
              <div className={styles['heading']}>
                <Base.Title className={styles['title']}>{title}</Base.Title>
                {description === undefined ? null : <Base.Description className={styles['description']}>{description}</Base.Description>}
              </div>
              <Base.Close render={<IconButton label="Close" size="small" icon={<X size={15} />} />} />
            </header>
            {children === undefined ? null : <div className={styles['body']}>{children}</div>}
            {footer === undefined ? null : <footer className={styles['footer']}>{footer}</footer>}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
