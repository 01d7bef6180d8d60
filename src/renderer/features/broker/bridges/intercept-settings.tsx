import { useState, type ReactElement } from 'react';
import type { Intercept, InterceptView } from '../../../../shared/contract/broker-intercepts.ts';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { useConnections, useIntercepts, useWorkspace } from '../../common/index.ts';
import { withKind, type ListenerDraft } from '../listeners/listener-draft.ts';
import { ListenerFields, listenerKindOptions } from '../listeners/listener-dialog.tsx';
import { useTlsLab } from '../tls-lab/lab-actions.ts';
import { interceptDraftOf, interceptIsRight, interceptProblems } from './bridges-draft.ts';
import { setBridge, useBridgeState, type InterceptDraft } from './bridges-model.ts';
import { PasswordField } from './password-field.tsx';
import { RemoteFields } from './remote-fields.tsx';
import { SettingsForm } from './settings-form.tsx';
import styles from './bridges.module.css';

/** Where devices connect, where their bytes go, and what is changed on the way. Saved explicitly. */
export function InterceptSettings({ view }: { readonly view: InterceptView }): ReactElement {
  const { draft: unsaved } = useBridgeState(view.id);
  const connections = useConnections();
  const others = useIntercepts();
  const settings = useWorkspace()?.settings.broker;
  const certificates = useTlsLab()?.certificates ?? [];
  const [tried, setTried] = useState(false);
  const draft = unsaved?.kind === 'intercept' ? unsaved : interceptDraftOf(view);
  const { intercept, listener, password } = draft;
  const taken = [
    ...(settings?.listeners ?? []),
    ...(others ?? []).filter(({ id, autoStart }) => id !== view.id && autoStart).map((other) => ({ ...other.listener, name: other.name })),
  ];
  const problems = interceptProblems(draft, connections, taken);
  const put = (part: Partial<InterceptDraft>): void => setBridge(view.id, { draft: { ...draft, ...part } });
  const change = (part: Partial<Intercept>): void => put({ intercept: { ...intercept, ...part } });
  const listen = (part: Partial<ListenerDraft>): void => put({ listener: { ...listener, ...part } });
  const rewrite = (part: Partial<Intercept['rewrite']>): void => change({ rewrite: { ...intercept.rewrite, ...part } });
  return (
    <SettingsForm
      label="Intercept settings"
      draft={unsaved}
      isRight={interceptIsRight(problems)}
      id={view.id}
      note="A running intercept opens anew."
      onTry={() => setTried(true)}
    >
      <fieldset className={styles.group}>
        <legend className={styles.legend}>Devices connect to</legend>
        <div className={styles.fields}>
          <TextField label="Name" value={intercept.name} onChange={(name) => change({ name })} error={problems.name} maxLength={200} />
          <Select label="Kind" value={listener.kind} onChange={(kind) => put({ listener: withKind(listener, kind) })} options={listenerKindOptions} />
        </div>
        <ListenerFields draft={listener} certificates={certificates} problems={unsaved === null && !tried ? {} : problems.listener} onChange={listen} />
      </fieldset>
      <fieldset className={styles.group}>
        <legend className={styles.legend}>Their bytes go to</legend>
        <RemoteFields remote={intercept.remote} problem={problems.remote} onChange={(remote) => change({ remote })} />
        <Select
          label="When it cannot be reached"
          value={intercept.unreachable}
          onChange={(unreachable) => change({ unreachable })}
          options={[
            { value: 'close', label: 'Close the connection of the device', detail: 'as the network would' },
            { value: 'unavailable', label: 'Answer CONNECT with “Server unavailable”', detail: 'return code 3, in MQTT 5 0x88' },
          ]}
        />
      </fieldset>
      <fieldset className={styles.group}>
        <legend className={styles.legend}>Changed in CONNECT</legend>
        <p className={styles.hint}>Everything else passes byte by byte. %c stands for the client id of the device.</p>
        <Checkbox label="Another client id" checked={intercept.rewrite.clientId !== null} onChange={(on) => rewrite({ clientId: on ? 'lab-%c' : null })} />
        {intercept.rewrite.clientId !== null && (
          <TextField label="Client id" mono value={intercept.rewrite.clientId} onChange={(clientId) => rewrite({ clientId })} error={problems.clientId} />
        )}
        <Checkbox label="Another user name" checked={intercept.rewrite.username !== null} onChange={(on) => rewrite({ username: on ? '' : null })} />
        {intercept.rewrite.username !== null && (
          <TextField label="User name" value={intercept.rewrite.username} onChange={(username) => rewrite({ username })} />
        )}
        <PasswordField
          isStored={view.passwordSet}
          change={password}
          onChange={(next) => put({ password: next })}
          hint="Sent in place of that of the device. Empty: as the device sends it. Kept apart from the workspace files, encrypted."
        />
      </fieldset>
      <fieldset className={styles.group}>
        <legend className={styles.legend}>Here</legend>
        <Checkbox
          label="Keep its messages"
          hint="As a source of its own in Topics, with history."
          checked={intercept.record}
          onChange={(record) => change({ record })}
        />
        <Checkbox
          label="Faults strike here as well"
          hint="Those that are on for the local broker and whose scope takes in this intercept, for devices that connect from then on."
          checked={intercept.faults}
          onChange={(faults) => change({ faults })}
        />
        <Checkbox label="Start with the workbench" checked={intercept.autoStart} onChange={(autoStart) => change({ autoStart })} />
      </fieldset>
    </SettingsForm>
  );
}
