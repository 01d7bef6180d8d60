import { Square } from 'lucide-react';
import { useLayoutEffect, useRef, type ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { cancelCall } from './rpc-actions.ts';

/** Cancels a call; there only while it is pending. When it goes with the focus, the section around it takes that: the call may end by itself at any time. */
export function CancelCallButton({ id }: { readonly id: number }): ReactElement {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const own = button.current;
    const heir = own?.closest('section');
    return () => {
      if (own !== null && document.activeElement === own) heir?.focus();
    };
  }, []);
  return (
    <Button ref={button} size="small" icon={<Square size={12} aria-hidden />} onClick={() => void cancelCall(id)}>
      Cancel
    </Button>
  );
}
