import { useEffect, useRef, type ReactElement } from 'react';
import type { MqttVersion } from '../../../../shared/contract/common.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Fold } from '../../../ui/fold.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { plural } from '../../common/index.ts';
import { connectionsStore, useConnectionsState } from '../connections-model.ts';
import { sectionOf, sections, sectionSummary, sectionTitles, type SectionId } from '../draft/draft-sections.ts';
import { splitUserInfo } from '../draft/check-uri.ts';
import { insecurities, usesTls } from '../draft/tls-words.ts';
import { AuthenticationSection } from './authentication-section.tsx';
import { GeneralSection } from './general-section.tsx';
import { LimitsSection } from './limits-section.tsx';
import { PublishDefaultsSection } from './publish-defaults-section.tsx';
import { ReconnectSection } from './reconnect-section.tsx';
import { SecretField } from './secret-field.tsx';
import type { SectionProps } from './section-props.ts';
import { SessionSection } from './session-section.tsx';
import { TlsSection } from './tls-section.tsx';
import { ProxySection, WebSocketSection } from './transport-sections.tsx';
import { WillSection } from './will-section.tsx';
import styles from './editor.module.css';

const versions: readonly { readonly value: MqttVersion; readonly label: string }[] = [
  { value: '5', label: 'MQTT 5' },
  { value: '3.1.1', label: 'MQTT 3.1.1' },
  { value: '3.1', label: 'MQTT 3.1' },
];

export interface ProfileFormProps extends SectionProps {
  readonly isNew: boolean;
  /** Grows with each save that was refused: then the first field with a problem is shown. */
  readonly refused: number;
  readonly folders: readonly string[];
  readonly onSubmit: () => void;
}

const parts: Readonly<Record<Exclude<SectionId, 'general'>, (props: SectionProps) => ReactElement>> = {
  session: SessionSection,
  will: WillSection,
  authentication: AuthenticationSection,
  tls: TlsSection,
  webSocket: WebSocketSection,
  proxy: ProxySection,
  reconnect: ReconnectSection,
  limits: LimitsSection,
  publishDefaults: PublishDefaultsSection,
};

/** Everything of a profile: what most connections need first, the rest folded with a line that tells what is set. */
export function ProfileForm({ isNew, refused, folders, onSubmit, ...form }: ProfileFormProps): ReactElement {
  const { draft, problems, has } = form;
  const frame = useRef<HTMLFormElement>(null);
  const open = useConnectionsState((state) => state.openSections);
  const seen = useRef(refused);
  useEffect(() => {
    if (seen.current === refused) return;
    seen.current = refused;
    const first = frame.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-problem]');
    first?.focus();
    first?.scrollIntoView({ block: 'center' });
  }, [refused]);
  const count = (section: SectionId): number => Object.keys(problems).filter((path) => sectionOf(path) === section).length;
  const insecure = usesTls(draft.uri) && insecurities(draft, has('password')).length > 0;
  return (
    <form
      ref={frame}
      className={styles.form}
      aria-label="Connection settings"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <Essentials {...form} isNew={isNew} />
      <div className={styles.sections}>
        {sections.map((section) => {
          const Part = section === 'general' ? null : parts[section];
          const wrong = count(section);
          return (
            <Fold
              key={section}
              title={sectionTitles[section]}
              summary={sectionSummary(section, draft, has)}
              marks={
                <>
                  {wrong > 0 && <Badge tone="bad">{plural(wrong, 'problem')}</Badge>}
                  {section === 'tls' && insecure && <Badge tone="warn">insecure</Badge>}
                </>
              }
              open={open.has(section)}
              onOpenChange={(next) => connectionsStore().setSection(section, next)}
            >
              {Part ? <Part {...form} /> : <GeneralSection {...form} folders={folders} />}
            </Fold>
          );
        })}
      </div>
      {/* Enter in any field saves; the visible buttons stand in the header. */}
      <button type="submit" hidden aria-hidden tabIndex={-1} />
    </form>
  );
}

function Essentials({ draft, problems, onChange, isNew, ...form }: SectionProps & { readonly isNew: boolean }): ReactElement {
  const takeUserInfo = (): void => {
    const parts = splitUserInfo(draft.uri);
    if (!parts) return;
    onChange((now) => ({
      uri: parts.uri,
      ...(parts.username === undefined ? {} : { username: parts.username }),
      ...(parts.password === undefined ? {} : { secrets: { ...now.secrets, password: { change: 'set', value: parts.password, label: '' } } }),
    }));
  };
  return (
    <div className={styles.essentials}>
      <TextField
        label="Name"
        value={draft.name}
        onChange={(name) => onChange({ name })}
        error={problems['name']}
        required
        placeholder="Lab broker"
        autoFocus={isNew}
      />
      <TextField
        label="Address"
        value={draft.uri}
        onChange={(uri) => onChange({ uri })}
        onBlur={takeUserInfo}
        error={problems['uri']}
        required
        mono
        placeholder="mqtt://192.168.1.10:1883"
        hint="mqtt:// and mqtts:// over TCP, ws:// and wss:// over WebSocket, with a path if the broker wants one"
      />
      <div className={styles.row}>
        <Select label="Version" value={draft.version} onChange={(version) => onChange({ version })} options={versions} />
        <Select
          label="Client id"
          value={draft.clientIdMode}
          onChange={(clientIdMode) => onChange({ clientIdMode })}
          options={[
            { value: 'generated', label: 'A new one for each connect' },
            { value: 'fixed', label: 'Of my own' },
          ]}
        />
      </div>
      {draft.clientIdMode === 'fixed' && (
        <div className={styles.row}>
          <TextField
            label="Fixed client id"
            value={draft.clientId}
            onChange={(clientId) => onChange({ clientId })}
            error={problems['clientId']}
            mono
            hint={
              draft.clientIdSuffix
                ? `Sent as ${draft.clientId}-1f3a9c02, with another end each time`
                : 'A second client with the same id makes the broker drop the first.'
            }
          />
          <Checkbox
            label="Add a random end"
            hint="So that several workbenches never push each other out."
            checked={draft.clientIdSuffix}
            onChange={(clientIdSuffix) => onChange({ clientIdSuffix })}
          />
        </div>
      )}
      <div className={styles.row}>
        <TextField label="User name" value={draft.username} onChange={(username) => onChange({ username })} error={problems['username']} />
        <SecretField {...form} draft={draft} problems={problems} onChange={onChange} name="password" label="Password" />
      </div>
    </div>
  );
}
