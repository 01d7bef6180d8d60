import { useEffect, useSyncExternalStore, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { X } from 'lucide-react';
import { IconButton } from '../ui/icon-button.tsx';
import { Toolbar, PanelTitle } from '../ui/toolbar.tsx';
import { layoutStore } from './layout-store.ts';

const openKey = 'inspector.open';
/** From this width on the inspector is open unless the user has closed it. */
const roomyPx = 1200;

interface InspectorState {
  readonly element: HTMLElement | null;
  /** Places that offer something to inspect right now. */
  readonly offers: number;
}

let state: InspectorState = { element: null, offers: 0 };
const listeners = new Set<() => void>();

function change(part: Partial<InspectorState>): void {
  state = { ...state, ...part };
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  const off = layoutStore.subscribe(listener);
  // Until the user has decided, the width does.
  window.addEventListener('resize', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('resize', listener);
    off();
  };
}

/** The region at the right of the window. */
export const inspector = {
  isOpen: (): boolean => {
    const stored = layoutStore.get(openKey);
    return typeof stored === 'boolean' ? stored : window.innerWidth >= roomyPx;
  },
  isOffered: (): boolean => state.offers > 0,
  setOpen: (open: boolean): void => layoutStore.set(openKey, open),
  toggle: (): void => inspector.setOpen(!inspector.isOpen()),
};

/** Whether the region is to be shown: open, and with something to show. */
export function useInspectorShown(): boolean {
  return useSyncExternalStore(subscribe, () => inspector.isOpen() && state.offers > 0);
}

/** Shows its children in the inspector for as long as it is rendered. */
export function Inspector({ title, actions, children }: { readonly title: string; readonly actions?: ReactNode; readonly children: ReactNode }) {
  const element = useSyncExternalStore(subscribe, () => state.element);
  useEffect(() => {
    change({ offers: state.offers + 1 });
    return () => change({ offers: state.offers - 1 });
  }, []);
  if (!element) return null;
  return createPortal(
    <>
      <Toolbar
        label={`${title}, inspector`}
        end={
          <>
            {actions}
            <IconButton size="small" label="Close inspector" icon={<X size={14} aria-hidden />} onClick={() => inspector.setOpen(false)} />
          </>
        }
      >
        <PanelTitle>{title}</PanelTitle>
      </Toolbar>
      {children}
    </>,
    element,
  );
}

function setElement(element: HTMLElement | null): void {
  change({ element });
}

/** Where the shell puts the inspector. */
export function InspectorRegion({ className }: { readonly className: string | undefined }) {
  return <section aria-label="Inspector" tabIndex={-1} data-region="inspector" ref={setElement} className={className} />;
}
