import { Copy, Download, FileUp, Pencil, Plus, Trash2 } from 'lucide-react';
import { useRef, type ReactElement } from 'react';
import { showError } from '../../../app/show-error.ts';
import { faultPresets } from '../../../../shared/broker/faults/fault-presets.ts';
import type { FaultProfile } from '../../../../shared/broker/faults/fault-rules.ts';
import { actionWords, whereWords } from '../../../../shared/broker/faults/fault-words.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { Card, copyName, newId } from '../../common/index.ts';
import { removeProfile } from './fault-actions.ts';
import { exportConfig, exportProfile, importProfile } from './profile-files.ts';
import styles from './faults.module.css';

interface ProfilesCardProps {
  readonly profiles: readonly FaultProfile[];
  readonly onTurnOn: (profile: FaultProfile) => void;
  readonly onEdit: (profile: FaultProfile) => void;
}

/** Profiles of the user, and those that come with the workbench. */
export function ProfilesCard({ profiles, onTurnOn, onEdit }: ProfilesCardProps): ReactElement {
  const file = useRef<HTMLInputElement>(null);
  const names = profiles.map(({ name }) => name);
  const take = async (given: File | undefined): Promise<void> => {
    if (!given) return;
    try {
      onEdit(await importProfile(given, names));
    } catch (error) {
      showError(error, `“${given.name}” was not imported`);
    }
  };
  return (
    <Card
      title="Profiles"
      flush
      actions={
        <>
          <input
            ref={file}
            type="file"
            hidden
            aria-label="File of a fault profile"
            onChange={(event) => {
              void take(event.target.files?.[0]);
              event.target.value = '';
            }}
          />
          <Button size="small" icon={<FileUp size={14} aria-hidden />} onClick={() => file.current?.click()}>
            Import …
          </Button>
          <Button size="small" icon={<Plus size={14} aria-hidden />} onClick={() => onEdit({ id: newId(), name: '', description: '', seed: 1, rules: [] })}>
            New profile
          </Button>
        </>
      }
    >
      <ul aria-label="Fault profiles">
        {profiles.map((profile) => (
          <Row key={profile.id} profile={profile} onTurnOn={() => onTurnOn(profile)}>
            <Menu
              align="end"
              trigger={<IconButton size="small" label={`Save ${profile.name} as a file`} icon={<Download size={14} aria-hidden />} />}
              items={[
                { label: 'As a profile of the workbench', onSelect: () => exportProfile(profile) },
                { label: 'As a config file of mqttd', disabled: profile.keys === undefined, onSelect: () => exportConfig(profile) },
              ]}
            />
            <IconButton size="small" label={`Edit ${profile.name}`} icon={<Pencil size={14} aria-hidden />} onClick={() => onEdit(profile)} />
            <IconButton size="small" label={`Delete ${profile.name}`} icon={<Trash2 size={14} aria-hidden />} onClick={() => void removeProfile(profile)} />
          </Row>
        ))}
        {faultPresets.map((profile) => (
          <Row key={profile.id} profile={profile} onTurnOn={() => onTurnOn(profile)}>
            <IconButton
              size="small"
              label={`Make a copy of ${profile.name}`}
              icon={<Copy size={14} aria-hidden />}
              onClick={() => onEdit({ ...profile, id: newId(), name: copyName(profile.name, names) })}
            />
          </Row>
        ))}
      </ul>
    </Card>
  );
}

interface RowProps {
  readonly profile: FaultProfile;
  readonly onTurnOn: () => void;
  readonly children: ReactElement | readonly ReactElement[];
}

function Row({ profile, onTurnOn, children }: RowProps): ReactElement {
  const { name, description, rules, keys } = profile;
  const title = [
    ...(keys === undefined ? [] : ['answers like mqttd']),
    ...rules.filter(({ enabled }) => enabled).map((rule) => `${actionWords(rule.action)} – ${whereWords(rule)}`),
  ];
  return (
    <li className={styles.profile}>
      <div className={styles.text}>
        <p className={styles.name}>
          <span className={styles.title}>{name}</span>
          {keys !== undefined && <Badge>mqttd</Badge>}
        </p>
        <p className={styles.muted} title={title.join('\n')}>
          {description === '' ? title.join('; ') || 'It has no rules.' : description}
        </p>
      </div>
      <Button size="small" onClick={onTurnOn} aria-label={`Turn on ${name}`}>
        Turn on …
      </Button>
      <span className={styles.tools}>{children}</span>
    </li>
  );
}
