import { createContext, useContext, useMemo, useRef, type ReactNode } from 'react';
import { Group, Panel, Separator, type Layout, type LayoutChangedMeta } from 'react-resizable-panels';
import { cx } from './cx.ts';
import styles from './splitter.module.css';

/** Where the sizes of panels are kept between starts; their meaning is the splitter's own. */
export interface PanelSizes {
  readonly read: (id: string) => Layout | undefined;
  readonly write: (id: string, layout: Layout) => void;
}

const forgetful: PanelSizes = { read: () => undefined, write: () => undefined };
const PanelSizesContext = createContext<PanelSizes>(forgetful);

export function PanelSizesProvider({ sizes, children }: { readonly sizes: PanelSizes; readonly children: ReactNode }) {
  return <PanelSizesContext value={sizes}>{children}</PanelSizesContext>;
}

interface SplitPanel {
  readonly id: string;
  readonly content: ReactNode;
  /** Pixels as a number, or with a unit: `"30%"`. */
  readonly defaultSize?: number | string;
  readonly minSize?: number | string;
  readonly maxSize?: number | string;
  /** Keeps its pixels when the window changes; the others share the rest. */
  readonly fixed?: boolean;
  /** Can be dragged shut. */
  readonly collapsible?: boolean;
}

export interface SplitterProps {
  /** Under this name the sizes are kept. */
  readonly id: string;
  readonly orientation?: 'horizontal' | 'vertical';
  /** An edge is named after the panel behind it: `Resize detail`. */
  readonly panels: readonly (SplitPanel | false | null)[];
  readonly className?: string;
}

/** Panels side by side with edges to drag; arrow keys move a focused edge, a double click resets it. */
export function Splitter({ id, orientation = 'horizontal', panels, className }: SplitterProps) {
  const sizes = useContext(PanelSizesContext);
  const group = useRef<HTMLDivElement>(null);
  const shown = panels.filter((panel) => panel !== false && panel !== null);
  const key = `${id} ${shown.map((panel) => panel.id).join(' ')}`;
  const saved = useMemo(() => sizes.read(key), [sizes, key]);
  const save = (layout: Layout, { isUserInteraction }: LayoutChangedMeta): void => {
    // What a smaller window did to the panels is not what the user wants for the next one.
    if (!isUserInteraction) return;
    const length = (orientation === 'horizontal' ? group.current?.offsetWidth : group.current?.offsetHeight) ?? 0;
    if (length === 0) return;
    sizes.write(key, Object.fromEntries(shown.map((panel) => [panel.id, storedSize(panel, layout[panel.id] ?? 0, length)])));
  };
  return (
    <Group id={id} orientation={orientation} elementRef={group} onLayoutChanged={save} className={cx(styles['group'], className)}>
      {shown.flatMap((panel, at) => [
        ...(at === 0 ? [] : [<Separator key={`edge ${panel.id}`} className={styles['edge']} aria-label={`Resize ${panel.id}`} />]),
        <Panel
          key={panel.id}
          id={panel.id}
          defaultSize={restoredSize(panel, saved?.[panel.id])}
          minSize={panel.minSize}
          maxSize={panel.maxSize}
          collapsible={panel.collapsible}
          groupResizeBehavior={panel.fixed ? 'preserve-pixel-size' : 'preserve-relative-size'}
          className={styles['panel']}
        >
          {panel.content}
        </Panel>,
      ])}
    </Group>
  );
}

/** Pixels for a panel that keeps them, so that another window does not scale it; percent for the others. */
function storedSize({ fixed }: SplitPanel, percent: number, groupPx: number): number {
  return fixed ? Math.round((percent / 100) * groupPx) : Math.round(percent * 100) / 100;
}

function restoredSize({ fixed, defaultSize }: SplitPanel, stored: number | undefined): number | string | undefined {
  if (stored === undefined) return defaultSize;
  return fixed ? stored : `${stored}%`;
}
