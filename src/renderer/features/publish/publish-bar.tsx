import { FileUp, RotateCcw, Send } from 'lucide-react';
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
import { IconButton } from '../../ui/icon-button.tsx';
import { resolvePublish } from '../../../shared/publishing/publish-defaults.ts';
import { messageTexts } from '../../../shared/publishing/message-texts.ts';
import { connectionOf, formatBytes, useBrokerStatus, useConnections, isIntercept } from '../common/index.ts';
import { PromptsDialog } from './prompts-dialog.tsx';
import { PublishHistory } from './publish-history.tsx';
import { PublishMore } from './publish-more.tsx';
import { PublishOptions } from './publish-options.tsx';
import { PublishRuns } from './publish-runs.tsx';
import type { PublishFormat } from './publish-draft.ts';
import { PublishCodec } from './publish-codec.tsx';
import { publishStore } from './publish-model.ts';
import { maxPublishBytes, problemsOf, type PublishAction } from './publish-store.ts';
import styles from './publish.module.css';
import { SavedPublishes } from './saved-publishes.tsx';

const formats = [
  { value: 'json', label: 'JSON' },
  { value: 'text', label: 'Text' },
  { value: 'hex', label: 'Hex' },
  { value: 'base64', label: 'Base64' },
  { value: 'codec', label: 'Codec' },
  { value: 'file', label: 'File' },
  { value: 'empty', label: 'Empty' },
] as const;
const levels = [
  { value: '0', label: '0' },
  { value: '1', label: '1' },
  { value: '2', label: '2' },
] as const;
const placeholders: Readonly<Record<Exclude<PublishFormat, 'file' | 'empty'>, string>> = {
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
  const why = isIntercept(source)
    ? 'An intercept only forwards what devices send: publish with a connection.'
    : `${sourceName} is ${sourceState}: nothing can be published.`;
  const store = publishStore();
  const { draft, reveal, sending, outcome, codecProblem } = useStore(store.state);
  const topicField = useRef<HTMLInputElement>(null);
  useEffect(() => store.offerTopic(selectedTopic), [store, selectedTopic]);
  const problems = problemsOf(draft, store.rules);
  const target = useTarget(source);
  const resolved = resolvePublish(target.defaults, draft.topic, draft);
  const isOwn = resolved.qosFrom === 'message' || resolved.retainFrom === 'message';
  const run = async (action: PublishAction): Promise<void> => {
    if (live) await store.run(source, action);
  };
  const send = (): Promise<void> => run({ kind: 'once' });
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
        // React hands on the submit of dialogs that are opened from here as well.
        if (event.target === event.currentTarget) void send();
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
          <span className={styles.label}>
            QoS
            {target.defaults && resolved.qosFrom !== 'message' && (
              <span className={styles.from} title={fromWords[resolved.qosFrom]}>
                {' · default'}
              </span>
            )}
          </span>
          <SegmentedControl
            label="Quality of service to publish with"
            value={String(resolved.qos) as '0' | '1' | '2'}
            onChange={(next) => store.setDraft({ qos: Number(next) as Qos })}
            segments={levels}
          />
        </div>
        <span className={styles.retain}>
          <Checkbox
            label={
              <span title={target.defaults && resolved.retainFrom !== 'message' ? fromWords[resolved.retainFrom] : undefined}>
                Retain
                {target.defaults && resolved.retainFrom !== 'message' && (
                  <span className={styles.from} aria-hidden>
                    {' · default'}
                  </span>
                )}
              </span>
            }
            checked={resolved.retain}
            onChange={(retain) => store.setDraft({ retain })}
          />
          {target.defaults && isOwn && (
            <IconButton
              size="small"
              label="QoS and Retain from the connection’s defaults"
              icon={<RotateCcw size={13} aria-hidden />}
              onClick={() => store.setDraft({ qos: null, retain: null })}
            />
          )}
        </span>
        <span className={styles.send}>
          <Tooltip text={live ? `Publish to ${sourceName}` : why} shortcut="Mod+Enter" side="top">
            <Button type="submit" variant="primary" icon={<Send size={14} aria-hidden />} busy={sending} disabled={!live}>
              Publish
            </Button>
          </Tooltip>
          <PublishMore live={live} onRun={(action) => void run(action)} />
        </span>
      </div>
      <div className={styles.formatLine}>
        <SegmentedControl size="small" label="Payload format" value={draft.format} onChange={(format) => store.setDraft({ format })} segments={formats} />
        {draft.format === 'codec' && <PublishCodec />}
        <span className={styles.outcome} role="status" data-kind={outcome?.kind}>
          {outcome?.kind === 'sent' && `Published to ${outcome.topic}${outcome.note === null ? '' : `: ${outcome.note}`}`}
          {outcome?.kind === 'started' && outcome.text}
          {!outcome && !live && why}
          {!outcome && live && !draft.fillIn && messageTexts(draft).some((text) => text.includes('{{')) && (
            <>
              {'{{…}} is sent as it stands. '}
              <button type="button" className={styles.link} onClick={() => store.setDraft({ fillIn: true })}>
                Fill it in
              </button>
            </>
          )}
        </span>
        <span className={styles.tools}>
          <PublishOptions propertiesOff={target.propertiesOff} aliasMaximum={target.aliasMaximum} />
          <PublishHistory source={source} live={live} />
          <SavedPublishes store={store} />
        </span>
      </div>
      {outcome?.kind === 'failed' && (
        <Banner
          inset
          kind="bad"
          title={outcome.error.message}
          actions={
            (outcome.error.code === 'would-silence-peer' || outcome.error.code === 'risky-publish') && (
              <Button size="small" onClick={() => void store.run(source, outcome.action, true)}>
                I know, send it
              </Button>
            )
          }
        >
          {outcome.error.advice}
        </Banner>
      )}
      <PublishRuns source={source} />
      <PromptsDialog />
      {draft.format === 'file' ? (
        <FileChoice error={reveal || draft.file ? problems.payload : undefined} />
      ) : draft.format === 'empty' ? (
        <p className={styles.empty}>The message has no payload. Retained, it clears what the broker keeps for the topic.</p>
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

const fromWords = {
  topic: 'From the connection’s defaults for this topic, until you choose',
  default: 'From the connection’s defaults, until you choose',
  message: '',
} as const;

interface Target {
  /** `null`: the local broker, which has none. */
  readonly defaults: Parameters<typeof resolvePublish>[0];
  /** Why properties of MQTT 5 cannot be sent there. */
  readonly propertiesOff: string | null;
  readonly aliasMaximum: number | null;
}

/** What the source makes of a message. */
function useTarget(source: SourceId): Target {
  const broker = useBrokerStatus();
  const connections = useConnections();
  const id = connectionOf(source);
  if (id === null) {
    const isBare = broker?.phase === 'running' && broker.engine === 'aedes';
    return { defaults: null, propertiesOff: isBare ? 'The engine aedes routes messages as MQTT 3.1.1 does.' : null, aliasMaximum: 0 };
  }
  const profile = connections?.profiles.find((one) => one.id === id);
  const status = connections?.statuses.find((one) => one.id === id);
  const version = profile?.version ?? '5';
  return {
    defaults: profile?.publishDefaults ?? null,
    propertiesOff: version === '5' ? null : `This connection speaks MQTT ${version}, which has none.`,
    aliasMaximum: status?.broker?.topicAliasMaximum ?? null,
  };
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
