import type { ReactElement } from 'react';
import { ruleWarnings } from '../../../../shared/broker/bridges/topic-rules.ts';
import type { MqttVersion } from '../../../../shared/contract/common.ts';
import type { TopicBridge, TopicBridgeView } from '../../../../shared/contract/topic-bridges.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { useConnections } from '../../common/index.ts';
import { topicDraftOf, topicIsRight, topicProblems } from './bridges-draft.ts';
import { setBridge, useBridgeState, type TopicDraft } from './bridges-model.ts';
import { PasswordField } from './password-field.tsx';
import { RemoteFields } from './remote-fields.tsx';
import { RulesEditor } from './rules-editor.tsx';
import { SettingsForm } from './settings-form.tsx';
import styles from './bridges.module.css';

const mebibyte = 1_048_576;
const versions = [
  { value: '5', label: 'MQTT 5', detail: 'with properties' },
  { value: '3.1.1', label: 'MQTT 3.1.1' },
  { value: '3.1', label: 'MQTT 3.1' },
] as const satisfies readonly { readonly value: MqttVersion; readonly label: string; readonly detail?: string }[];

/** The other broker, the rules and what may wait. Saved explicitly. */
export function TopicBridgeSettings({ view }: { readonly view: TopicBridgeView }): ReactElement {
  const { draft: unsaved } = useBridgeState(view.id);
  const connections = useConnections();
  const draft = unsaved?.kind === 'topic' ? unsaved : topicDraftOf(view);
  const { bridge, password } = draft;
  const problems = topicProblems(draft, connections);
  const put = (part: Partial<TopicDraft>): void => setBridge(view.id, { draft: { ...draft, ...part } });
  const change = (part: Partial<TopicBridge>): void => put({ bridge: { ...bridge, ...part } });
  const isTyped = bridge.remote.kind === 'address';
  const isRight = topicIsRight(problems);
  return (
    <SettingsForm label="Bridge settings" draft={unsaved} isRight={isRight} id={view.id} note="A running bridge connects anew and goes on.">
      <fieldset className={styles.wideGroup}>
        <legend className={styles.legend}>Rules</legend>
        <p className={styles.hint}>
          A prefix is put before the filter as it is, and exchanged for that of the other side: <code>lab/</code> and <code>sensors/#</code> are{' '}
          <code>lab/sensors/#</code>.
        </p>
        <RulesEditor rules={bridge.rules} problems={problems.rules} problem={problems.noRules} onChange={(rules) => change({ rules })} />
        {isRight && ruleWarnings(bridge.rules).map((warning) => <Banner key={warning} inset kind="warn" title={warning} />)}
      </fieldset>
      <fieldset className={styles.group}>
        <legend className={styles.legend}>Remote broker</legend>
        <TextField label="Name" value={bridge.name} onChange={(name) => change({ name })} error={problems.name} maxLength={200} />
        <RemoteFields remote={bridge.remote} problem={problems.remote} onChange={(remote) => change({ remote })} />
        {isTyped && (
          <div className={styles.fields}>
            <Select label="Version" value={bridge.version} onChange={(version) => change({ version })} options={versions} />
            <TextField label="User name" value={bridge.username} onChange={(username) => change({ username })} />
            <PasswordField
              isStored={view.passwordSet}
              change={password}
              onChange={(next) => put({ password: next })}
              hint="Kept apart from the workspace files, encrypted."
            />
          </div>
        )}
        <div className={styles.fields}>
          <TextField
            label="Client id"
            mono
            value={bridge.clientId}
            onChange={(clientId) => change({ clientId })}
            placeholder={`bridge-${bridge.id}`}
            hint="At both brokers."
          />
          {isTyped && (
            <NumberField
              label="Keep alive"
              unit="s"
              min={0}
              max={65_535}
              value={bridge.keepAliveSeconds}
              onChange={(keepAliveSeconds) => change({ keepAliveSeconds: keepAliveSeconds ?? 60 })}
            />
          )}
          <NumberField
            label="Session is kept"
            unit="s"
            min={0}
            max={4_294_967_295}
            value={bridge.sessionExpirySeconds}
            onChange={(sessionExpirySeconds) => change({ sessionExpirySeconds: sessionExpirySeconds ?? 86_400 })}
            disabled={bridge.cleanStart}
            hint="By the remote broker, in MQTT 5."
          />
        </div>
        <Checkbox
          label="Clean start"
          hint="The remote broker keeps nothing for the bridge while it is not connected."
          checked={bridge.cleanStart}
          onChange={(cleanStart) => change({ cleanStart })}
        />
        <Checkbox
          label="Ask to be treated as a bridge (try_private)"
          hint="In MQTT 3.1 and 3.1.1: mosquitto and the workbench then send nothing back, and leave Retain as it was."
          checked={bridge.tryPrivate}
          onChange={(tryPrivate) => change({ tryPrivate })}
        />
      </fieldset>
      <fieldset className={styles.group}>
        <legend className={styles.legend}>While the remote broker is away</legend>
        <div className={styles.fields}>
          <NumberField
            label="Messages that may wait"
            min={0}
            max={50_000}
            value={bridge.queueMessages}
            onChange={(queueMessages) => change({ queueMessages: queueMessages ?? 1000 })}
            hint="What goes beyond is dropped and counted."
          />
          <NumberField
            label="Together at most"
            unit="MiB"
            min={0}
            max={256}
            value={Math.round((bridge.queueBytes / mebibyte) * 100) / 100}
            onChange={(mebibytes) => change({ queueBytes: Math.round((mebibytes ?? 16) * mebibyte) })}
          />
          <NumberField
            label="Know returns for"
            unit="s"
            min={0}
            max={3600}
            value={bridge.returnsSeconds}
            onChange={(returnsSeconds) => change({ returnsSeconds: returnsSeconds ?? 0 })}
            hint="0: only by the marks of MQTT 5. For rings over MQTT 3.1.1: the same topic and payload is not carried back within this time."
          />
        </div>
        <Checkbox label="Messages of QoS 0 wait as well" checked={bridge.queueQos0} onChange={(queueQos0) => change({ queueQos0 })} />
        <Checkbox label="Start with the local broker" checked={bridge.autoStart} onChange={(autoStart) => change({ autoStart })} />
      </fieldset>
    </SettingsForm>
  );
}
