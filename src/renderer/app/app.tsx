import { ConfirmHost } from '../ui/confirm-dialog.tsx';
import { ToastHost } from '../ui/toast.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { BootScreen } from './boot-screen.tsx';
import { CrashBoundary } from './crash-boundary.tsx';
import { GalleryPage } from './gallery/gallery-page.tsx';
import { useHashPlace } from './navigation.ts';
import { Shell } from './shell.tsx';
import { useBoot } from './use-boot.ts';

/** The whole page: the shell once the workspace is known, the gallery at its own address, and what floats above both. */
export function App() {
  const place = useHashPlace();
  return (
    <CrashBoundary what="The workbench" resetKey={place === 'gallery' ? 'gallery' : 'shell'}>
      <TooltipProvider>
        {place === 'gallery' ? <GalleryPage /> : <Booted />}
        <ConfirmHost />
        <ToastHost />
      </TooltipProvider>
    </CrashBoundary>
  );
}

function Booted() {
  const workspace = useBoot();
  return workspace ? <Shell workspace={workspace} /> : <BootScreen />;
}
