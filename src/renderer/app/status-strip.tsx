import { Contrast, Monitor, Moon, Sun } from 'lucide-react';
import { useLink, type Link } from '../data/index.ts';
import { StatusDot, type DotTone } from '../ui/badge.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { Menu } from '../ui/menu.tsx';
import { CrashBoundary } from './crash-boundary.tsx';
import { runCommand } from './commands.ts';
import { stripItems } from './places.ts';
import type { Theme } from './theme.ts';
import { updateSettings } from './workspace.ts';
import styles from './status-strip.module.css';

/** The line at the bottom: how things are, and the way to the details. */
export function StatusStrip({ theme, paletteChord }: { readonly theme: Theme; readonly paletteChord: string | undefined }) {
  return (
    <footer aria-label="Status" className={styles.strip} data-region="strip" tabIndex={-1}>
      <LinkItem />
      {stripItems.filter((item) => item.side === 'start').map(toItem)}
      <span className={styles.gap} />
      {stripItems.filter((item) => item.side === 'end').map(toItem)}
      <ThemeItem theme={theme} />
      <button type="button" className={styles.item} onClick={() => runCommand('view.palette')}>
        <span>Commands</span>
        {paletteChord === undefined ? null : <Kbd chord={paletteChord} />}
      </button>
    </footer>
  );
}

function toItem({ id, component: Item }: (typeof stripItems)[number]) {
  return (
    <CrashBoundary key={id} what="" resetKey={id} quiet>
      <Item />
    </CrashBoundary>
  );
}

function LinkItem() {
  const link = useLink();
  const [tone, text] = linkState(link);
  return (
    <span className={styles.text} role="status" aria-label={`Engine: ${text}`}>
      <StatusDot tone={tone} />
      <span>{text}</span>
    </span>
  );
}

function linkState({ state, health }: Link): readonly [DotTone, string] {
  if (health === 'failed') return ['bad', 'Engine stopped'];
  if (health === 'not-responding') return ['warn', 'Engine not responding'];
  switch (state) {
    case 'open':
      return ['ok', 'Engine connected'];
    case 'closed':
      return ['bad', 'Engine disconnected'];
    default:
      return ['busy', 'Connecting to the engine'];
  }
}

const themes = [
  { value: 'system', label: 'Like the system', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
  { value: 'contrast', label: 'High contrast', icon: Contrast },
] as const;

function ThemeItem({ theme }: { readonly theme: Theme }) {
  const current = themes.find((entry) => entry.value === theme) ?? themes[0];
  const Icon = current.icon;
  return (
    <Menu
      side="top"
      align="end"
      trigger={
        <button type="button" className={styles.item} aria-label={`Theme: ${current.label}`}>
          <Icon size={13} aria-hidden />
          <span className={styles.wide}>{current.label}</span>
        </button>
      }
      items={[{ kind: 'choice', label: 'Theme', value: theme, options: themes, onChange: (value) => void updateSettings({ theme: value as Theme }) }]}
    />
  );
}
