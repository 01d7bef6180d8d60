import { FileUp } from 'lucide-react';
import { useRef, type ReactElement } from 'react';
import { showError } from '../../app/show-error.ts';
import { Button } from '../../ui/button.tsx';
import { toasts } from '../../ui/toast.tsx';
import { formatBytes } from './format.ts';

interface FileButtonProps {
  /** What it chooses: `the CA certificate`. */
  readonly what: string;
  /** Endings with a dot, comma between them. */
  readonly accept: string;
  readonly maxBytes: number;
  readonly onFile: (name: string, bytes: Uint8Array) => void;
}

/** Takes the content of a file; the file itself is not needed any more. */
export function FileButton({ what, accept, maxBytes, onFile }: FileButtonProps): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    if (file.size > maxBytes) {
      toasts.show({
        kind: 'warn',
        title: `“${file.name}” is too large`,
        detail: `It has ${formatBytes(file.size)}; at most ${formatBytes(maxBytes)} are taken.`,
      });
      return;
    }
    try {
      onFile(file.name, new Uint8Array(await file.arrayBuffer()));
    } catch (error) {
      showError(error, `“${file.name}” could not be read`);
    }
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        aria-label={`File of ${what}`}
        onChange={(event) => {
          void take(event.target.files?.[0]);
          // The same file can be chosen again.
          event.target.value = '';
        }}
      />
      <Button size="small" icon={<FileUp size={13} aria-hidden />} aria-label={`Choose a file of ${what}`} onClick={() => input.current?.click()}>
        Choose a file
      </Button>
    </>
  );
}
