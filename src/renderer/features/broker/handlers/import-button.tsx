import { FileUp } from 'lucide-react';
import { useRef, type ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { importHandlers } from './handlers-actions.ts';

/** Takes handlers from files. */
export function ImportButton({ size }: { readonly size: 'small' | 'large' }): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept=".js"
        aria-label="Files of handlers"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // The same file can be chosen again.
          event.target.value = '';
          void importHandlers(files);
        }}
      />
      <Button size={size} icon={<FileUp size={14} aria-hidden />} onClick={() => input.current?.click()}>
        Import
      </Button>
    </>
  );
}
