import { Download } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import type { BrokerHandler, HandlersStatus } from '../../../../shared/contract/broker-handlers.ts';
import { patternProblem } from '../../../../shared/broker/handlers/pattern.ts';
import { brokerHandlerScriptTypes } from '../../../../shared/scripts/script-types.ts';
import { ScriptEditor } from '../../../editor/script-editor.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Select } from '../../../ui/select.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { useBrokerStatus } from '../../common/index.ts';
import { countWords, eventOptions, stateWords } from './handler-words.ts';
import { exportHandler, removeHandler, restartHandler, saveDraft, setEnabled } from './handlers-actions.ts';
import { setDraft, statusOf, useHandlersState, type HandlerRow } from './handlers-model.ts';
import styles from './handlers.module.css';

interface HandlerEditorProps {
  readonly row: HandlerRow;
  readonly status: HandlersStatus | undefined;
}

/** One handler. Saved explicitly; its switch takes effect at once. Give it the handler's id as key. */
export function HandlerEditor({ row, status }: HandlerEditorProps): ReactElement {
  const { saved } = row;
  if (saved.handler === null) {
    return (
      <section className={styles.editor} aria-label={`Handler ${saved.id}`}>
        <Banner
          kind="bad"
          title={saved.problem?.message ?? 'This file cannot be used.'}
          actions={<Button onClick={() => void removeHandler(saved)}>Delete the file</Button>}
        >
          {saved.problem?.advice} Once it can be read, it shows here by itself.
        </Banner>
      </section>
    );
  }
  return <Editor row={row} file={saved.handler} status={status} />;
}

function Editor({ row, file, status }: HandlerEditorProps & { readonly file: BrokerHandler }): ReactElement {
  const { saved, isGone } = row;
  const { id } = saved;
  const { drafts, tried } = useHandlersState();
  const broker = useBrokerStatus();
  const [saving, setSaving] = useState(false);
  const open = drafts[id];
  const unsaved = open !== undefined && open.savedAs === null;
  const handler = open?.handler ?? file;
  const own = statusOf(status, id);
  const { text } = stateWords(file, own, broker);
  const problems = problemsOf(handler);
  const edit = (part: Partial<BrokerHandler>): void => {
    const next = { ...handler, ...part };
    const isSame = !isGone && (Object.keys(next) as (keyof BrokerHandler)[]).every((key) => next[key] === file[key]);
    setDraft(id, isSame ? null : { handler: next, revision: unsaved ? open.revision : saved.revision, savedAs: null });
  };
  const save = async (): Promise<void> => {
    if (!unsaved || problems.any) return;
    setSaving(true);
    await saveDraft(id, isGone);
    setSaving(false);
  };
  useCommands([
    {
      id: 'brokerHandlers.save',
      title: 'Save the handler of the broker',
      group: 'Broker',
      place: 'broker',
      view: 'handlers',
      shortcut: 'Mod+S',
      when: () => unsaved && !problems.any,
      run: () => void save(),
    },
  ]);
  const { on, observe } = handler;
  const isTopic = on === 'publish' || on === 'subscribe';
  const answers = on !== 'disconnect' && !observe;
  const error = tried[id]?.result?.error ?? (unsaved ? null : (own?.lastError ?? null));
  return (
    <form
      className={styles.editor}
      aria-label={`Handler ${file.name}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={styles.head}>
        <TextField className={styles.nameField} label="Name" value={handler.name} onChange={(name) => edit({ name })} error={problems.name} maxLength={200} />
        <span className={styles.headButtons}>
          <Switch label="On" checked={file.enabled} disabled={isGone} onChange={(enabled) => void setEnabled(saved, enabled)} />
          <IconButton label="Export" icon={<Download size={15} aria-hidden />} onClick={() => exportHandler(handler)} />
          <Button variant="ghost" onClick={() => (unsaved ? setDraft(id, null) : void removeHandler(saved))}>
            {unsaved ? 'Discard' : 'Delete'}
          </Button>
          <Button type="submit" variant="primary" busy={saving} disabled={!unsaved || problems.any}>
            Save
          </Button>
        </span>
        <p className={styles.state} role="status">
          {text}
          {own !== undefined && file.enabled && countWords(own) !== '' && ` · ${countWords(own)}`}
        </p>
      </div>
      {own?.phase === 'switched-off' && file.enabled && (
        <Banner
          kind="bad"
          title="It was switched off: it failed ten times in a row."
          actions={
            <Button size="small" onClick={() => void restartHandler(id)}>
              Switch it on again
            </Button>
          }
        >
          Messages pass it by. It is on again as well when its script is saved.
        </Banner>
      )}
      {unsaved && isGone && <Banner kind="warn" title="The file was deleted by another program. What you changed is still here: saving makes it again." />}
      {unsaved && !isGone && open.revision !== saved.revision && (
        <Banner
          kind="warn"
          title="The file was changed by another program, and you changed it here."
          actions={
            <>
              <Button size="small" onClick={() => setDraft(id, null)}>
                Take what is in the file
              </Button>
              <Button size="small" onClick={() => setDraft(id, { ...open, revision: saved.revision })}>
                Keep mine
              </Button>
            </>
          }
        >
          Keeping yours replaces the file when you save.
        </Banner>
      )}
      <div className={styles.form}>
        <div className={styles.fields}>
          <Select className={styles.eventField} label="On" size="small" value={on} options={eventOptions} onChange={(next) => edit({ on: next })} />
          <TextField
            className={styles.patternField}
            label={isTopic ? (on === 'subscribe' ? 'Topic filter' : 'Topic') : 'Client id'}
            mono
            size="small"
            value={handler.pattern}
            onChange={(pattern) => edit({ pattern })}
            error={problems.pattern}
            placeholder={isTopic ? 'lab/{device}/temperature' : 'any; dev-*'}
            maxLength={1000}
          />
          {on === 'subscribe' && (
            <Select
              className={styles.eventField}
              label="Compared with"
              size="small"
              value={handler.match}
              options={[
                { value: 'text', label: 'The text of the filter', detail: 'as mqttd does' },
                { value: 'mqtt', label: 'Topics it matches', detail: 'lab/hello answers lab/# too' },
              ]}
              onChange={(match) => edit({ match })}
            />
          )}
          {answers && (
            <NumberField
              className={styles.timeField}
              label="Waits at most"
              size="small"
              unit="ms"
              min={10}
              max={10_000}
              step={100}
              value={handler.timeoutMs}
              onChange={(timeoutMs) => edit({ timeoutMs: timeoutMs ?? 0 })}
              error={problems.timeoutMs}
            />
          )}
          {answers && on !== 'subscribe' && (
            <Select
              className={styles.eventField}
              label="When it fails"
              size="small"
              value={handler.failure}
              options={
                on === 'publish'
                  ? [
                      { value: 'through', label: 'Let it through' },
                      { value: 'drop', label: 'Drop it' },
                    ]
                  : [
                      { value: 'through', label: 'Let it in' },
                      { value: 'drop', label: 'Refuse it' },
                    ]
              }
              onChange={(failure) => edit({ failure })}
            />
          )}
        </div>
        <div className={styles.checks}>
          {on !== 'disconnect' && (
            <Checkbox label="Only observe: nothing waits, nothing is changed" checked={observe} onChange={(next) => edit({ observe: next })} />
          )}
          <Checkbox label="Handlers below are not asked" checked={handler.stop} onChange={(stop) => edit({ stop })} />
        </div>
        <div className={styles.script}>
          <ScriptEditor
            label="Script of the handler"
            value={handler.source}
            types={brokerHandlerScriptTypes}
            onChange={(source) => edit({ source })}
            failure={error === null ? null : { line: error.line, column: error.column, message: error.message }}
            className={styles.inFrame ?? ''}
          />
        </div>
      </div>
    </form>
  );
}

interface Problems {
  readonly name: string | undefined;
  readonly pattern: string | undefined;
  readonly timeoutMs: string | undefined;
  readonly any: boolean;
}

function problemsOf({ name, on, pattern, timeoutMs, source }: BrokerHandler): Problems {
  const problems = {
    name: name.trim() === '' ? 'Give the handler a name.' : undefined,
    pattern: patternProblem(on, pattern) ?? undefined,
    timeoutMs: timeoutMs >= 10 && timeoutMs <= 10_000 ? undefined : '10 to 10,000 ms.',
  };
  return { ...problems, any: Object.values(problems).some((one) => one !== undefined) || source.length > 262_144 };
}
