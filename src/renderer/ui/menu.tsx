import { ContextMenu as BaseContext } from '@base-ui/react/context-menu';
import { Menu as Base } from '@base-ui/react/menu';
import { Check, ChevronRight, Dot } from 'lucide-react';
import { Fragment, useState, type ReactElement, type ReactNode } from 'react';
import { cx } from './cx.ts';
import { Kbd } from './kbd.tsx';
import popup from './popup.module.css';
import styles from './menu.module.css';

export type MenuEntry =
  | {
      readonly kind?: 'item';
      readonly label: string;
      readonly icon?: ReactNode;
      readonly shortcut?: string | undefined;
      readonly detail?: string;
      readonly disabled?: boolean;
      readonly danger?: boolean;
      readonly onSelect: () => void;
    }
  | { readonly kind: 'check'; readonly label: string; readonly checked: boolean; readonly onChange: (checked: boolean) => void; readonly disabled?: boolean }
  | {
      readonly kind: 'choice';
      readonly label: string;
      readonly value: string;
      readonly options: readonly { readonly value: string; readonly label: string }[];
      readonly onChange: (value: string) => void;
    }
  | { readonly kind: 'submenu'; readonly label: string; readonly icon?: ReactNode; readonly disabled?: boolean; readonly items: readonly MenuEntry[] }
  | { readonly kind: 'separator' }
  | { readonly kind: 'heading'; readonly label: string };

/** Entries, or a function that makes them when the menu opens. */
type MenuItems = readonly MenuEntry[] | (() => readonly MenuEntry[]);

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly items: MenuItems;
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
  readonly align?: 'start' | 'center' | 'end';
}

export function Menu({ trigger, items, side = 'bottom', align = 'start' }: MenuProps) {
  const [open, setOpen] = useState(false);
  return (
    <Base.Root open={open} onOpenChange={(next) => setOpen(next)} modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={popup['positioner']} side={side} align={align} sideOffset={4} collisionPadding={8}>
          <Base.Popup className={cx(popup['popup'], styles['popup'])}>{open ? <Entries items={items} /> : null}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export interface ContextMenuProps {
  readonly items: MenuItems;
  /** What can be right-clicked: one element that takes a ref and handlers. */
  readonly children: ReactElement;
  readonly disabled?: boolean;
}

/** Opens at the pointer; the Menu key and Shift+F10 open it at the focused element. */
export function ContextMenu({ items, children, disabled = false }: ContextMenuProps) {
  const [open, setOpen] = useState(false);
  return (
    <BaseContext.Root open={open} onOpenChange={(next) => setOpen(next)} disabled={disabled}>
      <BaseContext.Trigger render={children} />
      <BaseContext.Portal>
        <BaseContext.Positioner className={popup['positioner']} collisionPadding={8}>
          <BaseContext.Popup className={cx(popup['popup'], styles['popup'])}>{open ? <Entries items={items} /> : null}</BaseContext.Popup>
        </BaseContext.Positioner>
      </BaseContext.Portal>
    </BaseContext.Root>
  );
}

function Entries({ items }: { readonly items: MenuItems }) {
  // Made once for each opening: entries must not change under the pointer.
  const [entries] = useState(() => (typeof items === 'function' ? items() : items));
  return (
    <div className={popup['list']}>
      {entries.map((entry, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- the list never changes while it is open
        <Fragment key={at}>
          <Entry entry={entry} />
        </Fragment>
      ))}
    </div>
  );
}

function Entry({ entry }: { readonly entry: MenuEntry }) {
  switch (entry.kind) {
    case 'separator':
      return <Base.Separator className={popup['separator']} />;
    case 'heading':
      return (
        <div role="presentation" className={popup['heading']}>
          {entry.label}
        </div>
      );
    case 'check':
      return (
        <Base.CheckboxItem
          checked={entry.checked}
          onCheckedChange={(next) => entry.onChange(next)}
          disabled={entry.disabled ?? false}
          closeOnClick
          className={popup['item']}
        >
          <span className={popup['check']}>
            <Base.CheckboxItemIndicator>
              <Check size={14} aria-hidden />
            </Base.CheckboxItemIndicator>
          </span>
          <span className={popup['text']}>{entry.label}</span>
        </Base.CheckboxItem>
      );
    case 'choice':
      return (
        <Base.Group>
          <Base.GroupLabel className={popup['heading']}>{entry.label}</Base.GroupLabel>
          <Base.RadioGroup value={entry.value} onValueChange={(next: string) => entry.onChange(next)}>
            {entry.options.map((option) => (
              <Base.RadioItem key={option.value} value={option.value} closeOnClick className={popup['item']}>
                <span className={popup['check']}>
                  <Base.RadioItemIndicator>
                    <Dot size={16} strokeWidth={5} aria-hidden />
                  </Base.RadioItemIndicator>
                </span>
                <span className={popup['text']}>{option.label}</span>
              </Base.RadioItem>
            ))}
          </Base.RadioGroup>
        </Base.Group>
      );
    case 'submenu':
      return (
        <Base.SubmenuRoot>
          <Base.SubmenuTrigger className={popup['item']} disabled={entry.disabled ?? false}>
            <span className={popup['mark']}>{entry.icon}</span>
            <span className={popup['text']}>{entry.label}</span>
            <ChevronRight size={14} aria-hidden />
          </Base.SubmenuTrigger>
          <Base.Portal>
            <Base.Positioner className={popup['positioner']} alignOffset={-4} collisionPadding={8}>
              <Base.Popup className={cx(popup['popup'], styles['popup'])}>
                <Entries items={entry.items} />
              </Base.Popup>
            </Base.Positioner>
          </Base.Portal>
        </Base.SubmenuRoot>
      );
    default:
      return (
        <Base.Item className={cx(popup['item'], entry.danger && popup['danger'])} disabled={entry.disabled ?? false} onClick={entry.onSelect}>
          <span className={popup['mark']}>{entry.icon}</span>
          <span className={popup['text']}>{entry.label}</span>
          {entry.detail === undefined ? null : <span className={popup['detail']}>{entry.detail}</span>}
          {entry.shortcut === undefined ? null : <Kbd chord={entry.shortcut} />}
        </Base.Item>
      );
  }
}
