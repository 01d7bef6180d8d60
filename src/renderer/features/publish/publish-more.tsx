import { ChevronDown, FileText, FileUp, Repeat } from 'lucide-react';
import { useId, useRef, useState, type ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { formatBytes } from '../common/index.ts';
import type { PublishFile } from './publish-draft.ts';
import { maxPublishBytes, type PublishAction } from './publish-store.ts';
import styles from './publish.module.css';

interface PublishMoreProps {
  readonly live: boolean;
  readonly onRun: (action: PublishAction) => void;
}

/** Other ways to publish than once. */
export function PublishMore({ live, onRun }: PublishMoreProps): ReactElement {
  const [open, setOpen] = useState<'repeat' | 'lines' | null>(null);
  const run = (action: PublishAction): void => {
    setOpen(null);
    onRun(action);
  };
  return (
    <>
      <Menu
        align="end"
        side="top"
        trigger={<IconButton label="More ways to publish" icon={<ChevronDown size={15} aria-hidden />} disabled={!live} tooltipSide="top" />}
        items={[
          { label: 'Repeat …', icon: <Repeat size={14} aria-hidden />, onSelect: () => setOpen('repeat') },
          { label: 'Publish a file line by line …', icon: <FileText size={14} aria-hidden />, onSelect: () => setOpen('lines') },
        ]}
      />
      {open === 'repeat' && <RepeatDialog onClose={() => setOpen(null)} onRun={run} />}
      {open === 'lines' && <LinesDialog onClose={() => setOpen(null)} onRun={run} />}
    </>
  );
}

interface DialogProps {
  readonly onClose: () => void;
  readonly onRun: (action: PublishAction) => void;
}

function RepeatDialog({ onClose, onRun }: DialogProps): ReactElement {
  const [everyMs, setEveryMs] = useState<number | null>(1000);
  const [count, setCount] = useState<number | null>(null);
  const formId = useId();
  return (
    <Dialog
      open
      size="small"
      title="Publish again and again"
      description="The message in the bar, filled in anew each time. It goes on when you leave this page, and ends with the connection."
      onOpenChange={(next) => !next && onClose()}
      footer={<Buttons formId={formId} ready={everyMs !== null} onClose={onClose} />}
    >
      <form
        id={formId}
        noValidate
        className={styles.stack}
        onSubmit={(event) => {
          event.preventDefault();
          if (everyMs !== null) onRun({ kind: 'repeat', everyMs, count });
        }}
      >
        <NumberField label="Every" unit="ms" min={10} max={86_400_000} value={everyMs} onChange={setEveryMs} />
        <NumberField label="How often" unit="times" min={1} max={1_000_000} placeholder="until it is stopped" value={count} onChange={setCount} />
      </form>
    </Dialog>
  );
}

function LinesDialog({ onClose, onRun }: DialogProps): ReactElement {
  const [file, setFile] = useState<PublishFile | null>(null);
  const [everyMs, setEveryMs] = useState<number | null>(0);
  const [skipEmpty, setSkipEmpty] = useState(true);
  const input = useRef<HTMLInputElement>(null);
  const formId = useId();
  const tooLarge = file !== null && file.bytes.length > maxPublishBytes;
  const take = async (chosen: File | undefined): Promise<void> => {
    if (chosen) setFile({ name: chosen.name, bytes: new Uint8Array(await chosen.slice(0, maxPublishBytes + 1).arrayBuffer()) });
  };
  return (
    <Dialog
      open
      title="Publish a file line by line"
      description="Each line becomes the payload of a message, with the topic, format, QoS and options of the bar. All lines are checked before the first is sent."
      onOpenChange={(next) => !next && onClose()}
      footer={<Buttons formId={formId} ready={file !== null && !tooLarge && everyMs !== null} onClose={onClose} />}
    >
      <form
        id={formId}
        noValidate
        className={styles.stack}
        onSubmit={(event) => {
          event.preventDefault();
          if (file && !tooLarge && everyMs !== null) onRun({ kind: 'lines', file, everyMs, skipEmpty });
        }}
      >
        <div
          className={styles.file}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            void take(event.dataTransfer.files[0]);
          }}
        >
          <input ref={input} type="file" aria-label="File with lines" hidden onChange={(event) => void take(event.target.files?.[0])} />
          <Button icon={<FileUp size={14} aria-hidden />} onClick={() => input.current?.click()}>
            Choose a file
          </Button>
          <span className={styles.fileName}>
            {file ? `${file.name} · ${formatBytes(file.bytes.length)}` : 'or drop one here: UTF-8 text, at most 100,000 lines'}
          </span>
          {tooLarge && <span className={styles.error}>It is larger than {formatBytes(maxPublishBytes)}, the most that can be published here.</span>}
        </div>
        <NumberField label="Between two lines" unit="ms" min={0} max={86_400_000} value={everyMs} onChange={setEveryMs} />
        <Checkbox label="Leave out empty lines" checked={skipEmpty} onChange={setSkipEmpty} />
        <p className={styles.note}>
          With variables filled in, the topic and the properties may use {'{{line}}'} and {'{{lineNumber}}'}; where lines are JSON, also their members:{' '}
          {'devices/{{line.id}}'}.
        </p>
      </form>
    </Dialog>
  );
}

function Buttons({ formId, ready, onClose }: { readonly formId: string; readonly ready: boolean; readonly onClose: () => void }): ReactElement {
  return (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button type="submit" form={formId} variant="primary" disabled={!ready}>
        Start
      </Button>
    </>
  );
}
