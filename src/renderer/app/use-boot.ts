import { useEffect, useState } from 'react';
import type { WorkspaceView } from '../../shared/contract/workspace.ts';
import { layoutStore } from './layout-store.ts';
import { applyTheme, onContrastWish } from './theme.ts';
import { useWorkspace } from './workspace.ts';

/** The workspace, once it is known; its layout and theme are in effect by then. */
export function useBoot(): WorkspaceView | undefined {
  const workspace = useWorkspace();
  const [loaded, setLoaded] = useState(false);
  const theme = workspace?.settings.theme;
  if (workspace && !loaded) {
    layoutStore.load(workspace.layout);
    setLoaded(true);
  }
  useEffect(() => {
    if (theme === undefined) return undefined;
    applyTheme(theme);
    return onContrastWish(() => applyTheme(theme));
  }, [theme]);
  return workspace;
}
