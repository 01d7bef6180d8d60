import { useState, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import type { GfHandler, GfPipeline } from '../../../../shared/contract/coap-pipeline.ts';
import { handlerScriptTypes } from '../../../../shared/scripts/script-types.ts';
import { ScriptEditor } from '../../../editor/script-editor.tsx';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { draftOf, draftProblem, handlerOf, withKind, type HandlerDraft } from './handler-draft.ts';
import { removeHandler, saveHandler, setEnabled } from './pipeline-actions.ts';
import { setDraft, usePipelineState } from './pipeline-model.ts';
import styles from './pipeline.module.css';

interface HandlerEditorProps {
  readonly pipeline: GfPipeline;
  readonly handler: GfHandler;
}

const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;
const codes = [
  { value: 'success', label: '2.xx' },
  { value: 'client-error', label: '4.xx' },
  { value: 'server-error', label: '5.xx' },
] as const;

/** One handler. Saved explicitly; its switch takes effect at once. Give it the handler's id as key. */
export function HandlerEditor({ pipeline, handler }: HandlerEditorProps): ReactElement {
  const { source } = pipeline;
  const open = usePipelineState(source).drafts[handler.id];
  const [saving, setSaving] = useState(false);
  const saved = draftOf(handler);
  const draft: HandlerDraft = open ?? saved;
  const { kind, name, match, transform, propagate, raiseExceptions } = draft.handler;
  const problems = draftProblem(draft);
  const edit = (next: HandlerDraft): void => setDraft(source, handler.id, JSON.stringify(next) === JSON.stringify(saved) ? null : next);
  const change = (part: Partial<GfHandler>): void => edit({ ...draft, handler: { ...draft.handler, ...part } });
  const changeMatch = (part: Partial<GfHandler['match']>): void => change({ match: { ...match, ...part } });
  const save = async (): Promise<void> => {
    if (!open || problems) return;
    setSaving(true);
    // Its switch may have been used meanwhile.
    await saveHandler(pipeline, { ...handlerOf(draft), enabled: handler.enabled });
    setSaving(false);
  };
  useCommands([
    {
      id: 'coapPipeline.saveHandler',
      title: 'Save the handler',
      group: 'CoAP',
      place: 'coap',
      view: 'handlers',
      shortcut: 'Mod+S',
      when: () => open !== undefined && problems === undefined,
      run: () => void save(),
    },
  ]);
  return (
    <form
      className={styles.editor}
      aria-label={`Handler ${handler.name}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={styles.head}>
        <TextField className={styles.nameField} label="Name" value={name} onChange={(next) => change({ name: next })} error={problems?.name} maxLength={200} />
        <div className={styles.headPart} role="group" aria-label="Takes">
          <span className={styles.label}>Takes</span>
          <SegmentedControl
            label="Takes"
            value={kind}
            onChange={(next) => edit(withKind(draft, next))}
            segments={[
              { value: 'request', label: 'Requests' },
              { value: 'response', label: 'Responses' },
            ]}
          />
        </div>
        <span className={styles.headButtons}>
          <Switch label="On" checked={handler.enabled} onChange={(next) => void setEnabled(pipeline, handler, next)} />
          <Button variant="ghost" onClick={() => (open ? setDraft(source, handler.id, null) : void removeHandler(pipeline, handler))}>
            {open ? 'Discard' : 'Remove'}
          </Button>
          <Button type="submit" variant="primary" busy={saving} disabled={!open || problems !== undefined}>
            Save
          </Button>
        </span>
      </div>
      <div className={styles.form}>
        <fieldset className={styles.match}>
          <legend className="visually-hidden">Which messages it takes</legend>
          <TextField
            className={styles.matchField}
            label="Path"
            mono
            size="small"
            value={match.path}
            onChange={(path) => changeMatch({ path })}
            placeholder="any; gains/*"
            maxLength={1000}
          />
          <TextField
            className={styles.matchField}
            label="Device"
            mono
            size="small"
            value={match.device}
            onChange={(device) => changeMatch({ device })}
            placeholder="any; 2D_*"
            maxLength={1000}
          />
          <TextField
            className={styles.matchField}
            label="Subsystem"
            mono
            size="small"
            value={match.subsystem}
            onChange={(subsystem) => changeMatch({ subsystem })}
            placeholder="any"
            maxLength={1000}
          />
          <div className={styles.headPart} role="group" aria-label={kind === 'request' ? 'Methods; none stands for any' : 'Codes; none stands for any'}>
            <span className={styles.label}>{kind === 'request' ? 'Methods' : 'Codes'}</span>
            <span className={styles.checks}>
              {kind === 'request'
                ? methods.map((one) => (
                    <Checkbox
                      key={one}
                      label={one}
                      checked={match.methods.includes(one)}
                      onChange={(on) => changeMatch({ methods: methods.filter((each) => (each === one ? on : match.methods.includes(each))) })}
                    />
                  ))
                : codes.map(({ value, label }) => (
                    <Checkbox
                      key={value}
                      label={label}
                      checked={match.codes.includes(value)}
                      onChange={(on) =>
                        changeMatch({ codes: codes.map((each) => each.value).filter((each) => (each === value ? on : match.codes.includes(each))) })
                      }
                    />
                  ))}
            </span>
          </div>
        </fieldset>
        <div className={styles.flow}>
          <SegmentedControl
            size="small"
            label="What it does"
            value={transform.kind}
            onChange={(next) => change({ transform: next === 'none' ? { kind: 'none' } : { kind: 'script', source: draft.script } })}
            segments={[
              { value: 'script', label: 'Script' },
              { value: 'none', label: kind === 'request' ? 'Looks on' : 'Returns the message' },
            ]}
          />
          {kind === 'response' && <Checkbox label="raise_exceptions" checked={raiseExceptions} onChange={(next) => change({ raiseExceptions: next })} />}
          <Checkbox label="propagate" checked={propagate} onChange={(next) => change({ propagate: next })} />
          <span className={styles.note}>{flowWords(draft.handler)}</span>
        </div>
        {transform.kind === 'script' && (
          <div className={styles.script} data-invalid={problems?.script === undefined ? undefined : true}>
            <ScriptEditor
              label="Script of the handler"
              value={draft.script}
              types={handlerScriptTypes}
              onChange={(script) => edit({ handler: { ...draft.handler, transform: { kind: 'script', source: script } }, script })}
              className={styles.inFrame ?? ''}
            />
          </div>
        )}
        {problems?.script !== undefined && (
          <p className={styles.error} role="status">
            {problems.script}
          </p>
        )}
      </div>
    </form>
  );
}

function flowWords({ kind, propagate, raiseExceptions }: GfHandler): string {
  const first = kind === 'response' && raiseExceptions ? 'Codes from 400 on are raised before it runs. ' : '';
  return `${first}${propagate ? 'The next handler gets the message as well.' : 'No later handler gets the message.'}`;
}
