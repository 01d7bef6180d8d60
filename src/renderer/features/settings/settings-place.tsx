import { useEffect, useRef, useSyncExternalStore, type ReactElement } from 'react';
import { Contrast, Monitor, Moon, Sun } from 'lucide-react';
import type { Settings } from '../../../shared/contract/workspace.ts';
import { updateSettings } from '../../app/workspace.ts';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Card, Page, useWorkspace } from '../common/index.ts';
import { AboutCard } from './about-card.tsx';
import { HistoryCard } from './history-card.tsx';
import { KeymapCard } from './keymap-card.tsx';
import styles from './settings.module.css';

const themes = [
  { value: 'system', label: 'Like the system', icon: <Monitor size={14} aria-hidden /> },
  { value: 'light', label: 'Light', icon: <Sun size={14} aria-hidden /> },
  { value: 'dark', label: 'Dark', icon: <Moon size={14} aria-hidden /> },
  { value: 'contrast', label: 'High contrast', icon: <Contrast size={14} aria-hidden /> },
] as const satisfies readonly { readonly value: Settings['theme']; readonly label: string; readonly icon: ReactElement }[];

const subscribeHash = (changed: () => void): (() => void) => {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
};

/** What can be set for this workspace; everything takes effect at once. */
export function SettingsPlace(): ReactElement {
  const workspace = useWorkspace();
  const keys = useRef<HTMLDivElement>(null);
  // `#/settings/keys` leads to the keys.
  const wantsKeys = useSyncExternalStore(subscribeHash, () => location.hash === '#/settings/keys');
  const loaded = workspace !== undefined;
  useEffect(() => {
    if (wantsKeys && loaded) keys.current?.scrollIntoView({ block: 'start' });
  }, [wantsKeys, loaded]);
  if (!workspace) {
    return (
      <div className={styles.waiting}>
        <Spinner label="Loading settings" />
      </div>
    );
  }
  const { settings } = workspace;
  return (
    <Page title="Settings">
      <Card title="Appearance">
        <div className={styles.setting}>
          <span className={styles.settingText}>
            Theme
            <span className={styles.hint}>The system’s own choice of light, dark and contrast is followed unless you pick one.</span>
          </span>
          <SegmentedControl label="Theme" value={settings.theme} onChange={(theme) => void updateSettings({ theme })} segments={themes} />
        </div>
      </Card>
      <HistoryCard settings={settings} />
      <div ref={keys}>
        <KeymapCard keymap={settings.keymap} />
      </div>
      <AboutCard folder={workspace.folder} />
    </Page>
  );
}
