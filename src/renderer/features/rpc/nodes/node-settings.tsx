import { useRef, useEffect, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import type { RpcNode } from '../../../../shared/contract/rpc-nodes.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import type { SourceOption } from '../../common/index.ts';
import { useDialectWords } from '../own-dialects.ts';
import { saveSettings } from './node-actions.ts';
import { checkSettings, ownsSession, settingsOf, type SettingsDraft } from './node-draft.ts';
import { sourceWords } from './node-words.ts';
import { nodesStore, useNodeState } from './nodes-model.ts';
import styles from './nodes.module.css';

const replyOptions = [
  { value: 'conventional', label: 'On the topic of the node', detail: 'filled in by itself' },
  { value: 'manual', label: 'Wherever a call says', detail: 'warns where nothing is subscribed' },
] as const satisfies readonly { readonly value: RpcNode['replies']; readonly label: string; readonly detail: string }[];

/** What a node is: its place in MQTT, and how it calls others. Saved explicitly. */
export function NodeSettings({ node, source }: { readonly node: RpcNode; readonly source: SourceOption }): ReactElement {
  const { options: dialectOptions } = useDialectWords();
  const store = nodesStore();
  const open = useNodeState(node.id, (state) => state.settings);
  const reveal = useNodeState(node.id, (state) => state.revealSettings);
  const saving = useNodeState(node.id, (state) => state.saving);
  const saved = settingsOf(node);
  const draft = open ?? saved;
  const problems = checkSettings(draft, node.source);
  // A field is judged once it was touched; all of them once a save was tried.
  const error = (field: keyof SettingsDraft): string | undefined => (reveal || draft[field] !== saved[field] ? problems[field] : undefined);
  const change = (part: Partial<SettingsDraft>): void => store.editSettings(node, part);
  const save = (): void => void saveSettings(node);
  const name = useRef<HTMLInputElement>(null);
  // A node that was just made waits for its name.
  useEffect(() => {
    if (node.methods.length === 0 && node.rules.length === 0) name.current?.select();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only when the form appears
  }, []);
  useCommands([
    {
      id: 'rpc.saveNode',
      title: 'Save what is written of the node',
      group: 'RPC',
      place: 'rpc',
      view: 'nodes',
      shortcut: 'Mod+S',
      when: () => open !== null,
      run: save,
    },
  ]);
  const own = ownsSession(node.source, draft.clientId);
  return (
    <form
      className={styles.settings}
      aria-label="Node settings"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div className={styles.settingsForm}>
        <fieldset className={styles.group}>
          <legend className={styles.legend}>Where it answers</legend>
          <div className={styles.pair}>
            <TextField
              label="Name"
              inputRef={name}
              value={draft.name}
              onChange={(next) => change({ name: next })}
              error={error('name')}
              hint="For you alone; peers do not see it."
            />
            <Select
              label="Dialect"
              value={draft.dialect}
              onChange={(dialect) => change({ dialect })}
              options={[{ value: 'auto', label: 'Any dialect', detail: 'answers each request in its own' }, ...dialectOptions]}
              hint="With one dialect chosen, requests of the others are ignored."
            />
          </div>
          <TextField
            label="Topic"
            mono
            value={draft.topic}
            onChange={(topic) => change({ topic })}
            error={error('topic')}
            placeholder={draft.dialect === 'mqttxx4' ? `rpc/r/${draft.clientId || '<client id>'}` : 'edge/my-device'}
            hint={
              draft.dialect === 'mqttxx4'
                ? 'Requests arrive here. Empty: rpc/r/ and the client id, as mqttxx 4 has it.'
                : 'Requests arrive here; + and # may stand for levels. In the generic MQTT 5 dialect the method is the level below.'
            }
          />
          <TextField
            label="Client id"
            mono
            value={draft.clientId}
            onChange={(clientId) => change({ clientId })}
            error={error('clientId')}
            placeholder={node.source === 'broker' ? node.id : 'shares the session of the connection'}
            hint={
              node.source === 'broker'
                ? 'Of its own session with the local broker. Empty: made up by the workbench.'
                : own
                  ? 'The node opens a session of its own, with the address and credentials of the connection.'
                  : 'Empty: the node shares the session of the connection. With an id it opens one of its own.'
            }
          />
          <Checkbox
            label="Start by itself"
            hint={`Whenever ${sourceWords(source)} comes up, also when the workbench is opened.`}
            checked={draft.autoStart}
            onChange={(autoStart) => change({ autoStart })}
          />
          <Checkbox
            label="Tell of its presence"
            hint={`As mqttxx 3.2: “online” and “offline” retained on $presence/${draft.clientId || '<client id>'}, with a will for the case that it is lost. A kick there is obeyed.`}
            checked={draft.presence}
            disabled={!own && !draft.presence}
            onChange={(presence) => change({ presence })}
          />
          {problems.presence !== undefined && <p className={styles.fieldError}>{problems.presence}</p>}
        </fieldset>
        <fieldset className={styles.group}>
          <legend className={styles.legend}>When it calls others</legend>
          <p className={styles.muted}>For calls made as this node: by its scripts, and in the call builder with “Call as”.</p>
          <div className={styles.three}>
            <Select label="Answers come" value={draft.replies} onChange={(replies) => change({ replies })} options={replyOptions} />
            <NumberField
              label="Time-out"
              unit="s"
              min={0}
              max={86_400}
              value={draft.timeoutMs === null ? null : draft.timeoutMs / 1000}
              onChange={(seconds) => change({ timeoutMs: seconds === null ? null : Math.round(seconds * 1000) })}
              error={error('timeoutMs')}
            />
            <NumberField
              label="Calls at once"
              min={1}
              max={10_000}
              value={draft.maxConcurrentCalls}
              onChange={(maxConcurrentCalls) => change({ maxConcurrentCalls })}
              error={error('maxConcurrentCalls')}
              hint="The next one fails at once, with 3004."
            />
          </div>
        </fieldset>
      </div>
      {open !== null && (
        <div className={styles.saveBar}>
          <span className={styles.muted}>{effectOf(saved, draft)}</span>
          <Button variant="ghost" onClick={() => store.discardSettings(node.id)}>
            Discard
          </Button>
          <Button type="submit" variant="primary" busy={saving}>
            Save settings
          </Button>
        </div>
      )}
    </form>
  );
}

/** What saving does to a node that runs. */
function effectOf(saved: SettingsDraft, draft: SettingsDraft): string {
  if (saved.clientId !== draft.clientId || saved.presence !== draft.presence) return 'A running node opens its session anew.';
  return saved.topic === draft.topic ? 'Takes effect at once.' : 'A running node subscribes to the new topic at once.';
}
