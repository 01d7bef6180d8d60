import { useEffect, useState, type ReactElement } from 'react';
import type { WorkspaceView } from '../../shared/contract/workspace.ts';
import { PanelSizesProvider, Splitter, type PanelSizes } from '../ui/splitter.tsx';
import { CommandPalette } from './command-palette.tsx';
import { commands } from './commands.ts';
import { CrashBoundary } from './crash-boundary.tsx';
import { InspectorRegion, useInspectorShown } from './inspector.tsx';
import { listenForKeys } from './keys.ts';
import { layoutStore } from './layout-store.ts';
import { LinkBanner } from './link-banner.tsx';
import { connectNativeMenu } from './native-menu.ts';
import { useHashPlace } from './navigation.ts';
import { banners, places, services } from './places.ts';
import { Rail } from './rail.tsx';
import { StatusStrip } from './status-strip.tsx';
import { useChord } from './use-chord.ts';
import { useViewCommands } from './view-commands.ts';
import { WorkspaceBanner } from './workspace-banner.tsx';
import styles from './shell.module.css';

const panelSizes: PanelSizes = {
  read: (id) => {
    const stored = layoutStore.get(`panels.${id}`);
    return isLayout(stored) ? stored : undefined;
  },
  write: (id, layout) => layoutStore.set(`panels.${id}`, { ...layout }),
};

function isLayout(stored: unknown): stored is Record<string, number> {
  return typeof stored === 'object' && stored !== null && Object.values(stored).every((size) => typeof size === 'number');
}

/** The window around the places: rail, banners, the place with its inspector, and the strip. */
export function Shell({ workspace }: { readonly workspace: WorkspaceView }): ReactElement {
  const address = useHashPlace();
  const place = places.find(({ id }) => id === address) ?? places[0];
  const [paletteOpen, setPaletteOpen] = useState(false);
  useViewCommands(places, setPaletteOpen);
  useEffect(() => listenForKeys(commands, () => workspace.settings.keymap), [workspace.settings.keymap]);
  useEffect(() => connectNativeMenu(commands, () => workspace.settings.keymap), [workspace.settings.keymap]);
  const paletteChord = useChord('view.palette', workspace.settings.keymap);
  const inspectorShown = useInspectorShown();
  useEffect(() => {
    document.title = place ? `${place.title} · MQTT Workbench` : 'MQTT Workbench';
  }, [place]);
  const Content = place?.component;

  return (
    <PanelSizesProvider sizes={panelSizes}>
      <div className={styles.shell}>
        {services.map(({ id, component: Service }) => (
          <CrashBoundary key={id} what="" resetKey="" quiet>
            <Service />
          </CrashBoundary>
        ))}
        <div className={styles.banners}>
          <LinkBanner />
          <WorkspaceBanner problems={workspace.problems} />
          {banners.map(({ id, component: Shown }) => (
            <CrashBoundary key={id} what="" resetKey={id} quiet>
              <Shown />
            </CrashBoundary>
          ))}
        </div>
        <div className={styles.middle}>
          <Rail places={places} current={place?.id} />
          <main className={styles.main} aria-label={place?.title}>
            <Splitter
              id="shell"
              panels={[
                {
                  id: 'main',
                  minSize: 360,
                  content: (
                    <div className={styles.place} data-region="place" tabIndex={-1}>
                      <CrashBoundary what={place?.title ?? 'This place'} resetKey={place?.id ?? ''}>
                        {Content ? <Content /> : null}
                      </CrashBoundary>
                    </div>
                  ),
                },
                inspectorShown && {
                  id: 'inspector',
                  defaultSize: 300,
                  minSize: 220,
                  maxSize: '45%',
                  fixed: true,
                  content: <InspectorRegion className={styles.inspector} />,
                },
              ]}
            />
          </main>
        </div>
        <StatusStrip theme={workspace.settings.theme} paletteChord={paletteChord} />
        {paletteOpen && <CommandPalette keymap={workspace.settings.keymap} onClose={() => setPaletteOpen(false)} />}
      </div>
    </PanelSizesProvider>
  );
}
