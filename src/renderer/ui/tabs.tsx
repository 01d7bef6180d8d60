import { Tabs as Base } from '@base-ui/react/tabs';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './tabs.module.css';

interface TabSpec<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly icon?: ReactNode;
  /** A count or dot after the label. */
  readonly badge?: ReactNode;
  readonly disabled?: boolean;
  readonly content: ReactNode;
}

export interface TabsProps<T extends string> {
  /** Name of the tab list. */
  readonly label: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly tabs: readonly TabSpec<T>[];
  /** Tabs can then be closed, with a button and the Delete key. */
  readonly onClose?: (value: T) => void;
  /** Controls at the end of the strip. */
  readonly actions?: ReactNode;
  readonly className?: string;
}

/** A tab strip with its panel. Only the chosen panel exists. */
export function Tabs<T extends string>({ label, value, onChange, tabs, onClose, actions, className }: TabsProps<T>) {
  return (
    <Base.Root value={value} onValueChange={(next) => onChange(next as T)} className={cx(styles['tabs'], className)}>
      <div className={styles['strip']}>
        <Base.List aria-label={label} activateOnFocus className={styles['list']}>
          {tabs.map((tab) => (
            <span key={tab.value} className={styles['slot']}>
              <Base.Tab
                value={tab.value}
                disabled={tab.disabled ?? false}
                className={cx(styles['tab'], onClose && styles['closable'])}
                onKeyDown={(event) => {
                  if (onClose && event.key === 'Delete') onClose(tab.value);
                }}
              >
                {tab.icon}
                <span>{tab.label}</span>
                {tab.badge}
              </Base.Tab>
              {onClose ? (
                // The Delete key does the same, so the button needs no stop of its own.
                <button type="button" tabIndex={-1} className={styles['close']} aria-hidden onClick={() => onClose(tab.value)}>
                  <X size={12} />
                </button>
              ) : null}
            </span>
          ))}
          <Base.Indicator className={styles['indicator']} />
        </Base.List>
        {actions === undefined ? null : <div className={styles['actions']}>{actions}</div>}
      </div>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className={styles['panel']}>
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
