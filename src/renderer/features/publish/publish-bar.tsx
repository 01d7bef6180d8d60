import { FileUp, Send } from 'lucide-react';
import { useEffect, useId, useRef, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useCommands } from '../../app/commands.ts';
import type { Qos, SourceId } from '../../../shared/contract/common.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { formatBytes } from '../common/index.ts';
import type { PublishFormat } from './publish-draft.ts';
import { PublishCodec } from './publish-codec.tsx';
import { publishStore } from './publish-model.ts';
import { maxPublishBytes, problemsOf } from './publish-store.ts';
import styles from './publish.module.css';
import { SavedPublishes } from './saved-publishes.tsx';

const formats = [
  { value: 'json', label: 'JSON' },
  { value: 'text', label: 'Text' },
  { value: 'hex', label: 'Hex' },
  { value: 'base64', label: 'Base64' },
  { value: 'codec', label: 'Codec' },
  { value: 'file', label: 'File' },
] as const;
const levels = [
  { value: '0', label: '0' },
  { value: '1', label: '1' },
  { value: '2', label: '2' },
] as const;
const placeholders: Readonly<Record<Exclude<PublishFormat, 'file'>, string>> = {
  json: '{ "on": true }',
  text: 'Any text, sent as UTF-8',
  hex: '48 65 6c 6c 6f',
  base64: 'SGVsbG8=',
  codec: 'A value as JSON, or the text the codec takes',
};
export interface PublishBarProps {
  readonly source: SourceId;
  readonly sourceName: string;
  /** In a word: `stopped`, `disconnected`. */
  readonly sourceState: string;
  /** Whether messages can be sent there now. */
  readonly live: boolean;
  /** Offered as the topic unless the user typed one. */
  readonly selectedTopic: string | null;
}

export function PublishBar({ source, sourceName, sourceState, live, selectedTopic }: PublishBarProps): ReactElement {
  const store = publishStore();
  const { draft, reveal, sending, outcome, codecProblem } = useStore(store.state);
  const topicField = useRef<HTMLInputElement>(null);
  useEffect(() => store.offerTopic(selectedTopic), [store, selectedTopic]);
  const problems = problemsOf(draft, store.rules);
  const send = async (): Promise<void> => {
    if (live) await store.publish(source);
  };
  useCommands([
    { id: 'publish.send', title: 'Publish the message', group: 'Publish', place: 'topics', shortcut: 'Mod+Enter', when: () => live, run: send },
    { id: 'publish.focusTopic', title: 'Write a message', group: 'Publish', place: 'topics', shortcut: 'Mod+Shift+M', run: () => topicField.current?.select() },
  ]);

  return (
    <form
      className={styles.bar}
      aria-label="Publish a message"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div className={styles.line}>
        <TextField
          className={styles.topic}
          label="Topic"
          value={draft.topic}
          onChange={store.setTopic}
          error={reveal || draft.topicEdited ? problems.topic : undefined}
          mono
          clearable
          placeholder="sensors/room1/temperature"
          inputRef={topicField}
        />
        <div className={styles.qos}>
          <span className={styles.label}>QoS</span>
          <SegmentedControl
            label="Quality of service to publish with"
            value={String(draft.qos) as '0' | '1' | '2'}
            onChange={(next) => store.setDraft({ qos: Number(next) as Qos })}
            segments={levels}
          />
        </div>
        <span className={styles.retain}>
          <Checkbox label="Retain" checked={draft.retain} onChange={(retain) => store.setDraft({ retain })} />
        </span>
        <span className={styles.send}>
          <Tooltip text={live ? `Publish to ${sourceName}` : `${sourceName} is ${sourceState}`} shortcut="Mod+Enter" side="top">
            <Button type="submit" variant="primary" icon={<Send size={14} aria-hidden />} busy={sending} disabled={!live}>
              Publish
            </Button>
          </Tooltip>
        </span>
      </div>
      <div className={styles.formatLine}>
        <SegmentedControl size="small" label="Payload format" value={draft.format} onChange={(format) => store.setDraft({ format })} segments={formats} />
        {draft.format === 'codec' && <PublishCodec />}
        <span className={styles.outcome} role="status" data-kind={outcome?.kind}>
          {outcome?.kind === 'sent' && `Published to ${outcome.topic}${outcome.note === null ? '' : `: ${outcome.note}`}`}
          {!outcome && !live && `${sourceName} is ${sourceState}: nothing can be published.`}
        </span>
        <SavedPublishes store={store} />
      </div>
      {outcome?.kind === 'failed' && (
        <Banner
          inset
          kind="bad"
          title={outcome.error.message}
          actions={
            outcome.error.code === 'would-silence-peer' && (
              <Button size="small" onClick={() => void store.publish(source, true)}>
                I know, send it
              </Button>
            )
          }
        >
          {outcome.error.advice}
        </Banner>
      )}
      {draft.format === 'file' ? (
        <FileChoice error={reveal || draft.file ? problems.payload : undefined} />
      ) : (
        <TextArea
          className={styles.payload}
          label="Payload"
          labelHidden
          mono
          rows={3}
          value={draft.payload}
          onChange={(payload) => store.setDraft({ payload })}
          error={codecProblem ?? (reveal || draft.payload !== '' ? problems.payload : undefined)}
          placeholder={placeholders[draft.format]}
        />
      )}
    </form>
  );
}

function FileChoice({ error }: { readonly error: string | undefined }): ReactElement {
  const store = publishStore();
  const { file } = useStore(store.state, (state) => state.draft);
  const input = useRef<HTMLInputElement>(null);
  const errorId = useId();
  const take = async (chosen: File | undefined): Promise<void> => {
    if (!chosen) return;
    store.setFile({ name: chosen.name, bytes: new Uint8Array(await chosen.slice(0, maxPublishBytes + 1).arrayBuffer()) });
  };
  const tooLarge = file !== null && file.bytes.length > maxPublishBytes;
  return (
    <div
      className={styles.file}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void take(event.dataTransfer.files[0]);
      }}
    >
      <input ref={input} type="file" hidden onChange={(event) => void take(event.target.files?.[0])} />
      <Button icon={<FileUp size={14} aria-hidden />} onClick={() => input.current?.click()} aria-describedby={error === undefined ? undefined : errorId}>
        Choose a file
      </Button>
      <span className={styles.fileName}>
        {file
          ? `${file.name} · ${tooLarge ? `more than ${formatBytes(maxPublishBytes)}` : formatBytes(file.bytes.length)}`
          : 'or drop one here; its bytes are sent as they are'}
      </span>
      {error !== undefined && (
        <span id={errorId} className={styles.error}>
          {error}
        </span>
      )}
    </div>
  );
}
