import { Ellipsis, FileCode, RotateCw } from 'lucide-react';
import { useCallback, useState, type ReactElement } from 'react';
import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import { shorten } from '../../../../shared/text/shorten.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { Select } from '../../../ui/select.tsx';
import { Card, copyName } from '../../common/index.ts';
import { restartBroker } from '../broker-actions.ts';
import { ChangeList } from './change-list.tsx';
import { NameDialog } from './name-dialog.tsx';
import { createProfile, deleteProfile, exportProfile, renameProfile, useBrokerProfiles } from './profile-actions.ts';
import { ProfileFileDialog } from './profile-file-dialog.tsx';
import { ProfileImportDialog } from './profile-import-dialog.tsx';
import styles from './profiles.module.css';
import { SwitchDialog } from './switch-dialog.tsx';

/** More would leave no room for the name. */
const shownDescription = 36;

type Task = { readonly kind: 'new' | 'import' } | { readonly kind: 'duplicate' | 'rename' | 'file' | 'switch'; readonly name: string };

/** Which configuration the broker has: a file each, to be chosen, made and edited. */
export function ProfilesCard({ status }: { readonly status: BrokerStatus }): ReactElement | null {
  const view = useBrokerProfiles();
  const [task, setTask] = useState<Task | null>(null);
  const close = useCallback(() => setTask(null), []);
  if (!view) return null;
  const { profiles, current, problem, pending } = view;
  const running = status.phase === 'running';
  const names = profiles.map(({ name }) => name);
  const shown = profiles.find(({ name }) => name === current);
  const make = async (name: string, from: { readonly from?: string }): Promise<void> => {
    close();
    const made = await createProfile(name, from);
    if (made !== null) setTask({ kind: 'switch', name: made });
  };
  return (
    <Card
      title="Profile"
      actions={
        <>
          <Button size="small" icon={<FileCode size={14} aria-hidden />} disabled={!shown} onClick={() => setTask({ kind: 'file', name: current })}>
            Show file
          </Button>
          <Menu
            align="end"
            trigger={<IconButton size="small" label="More about profiles" icon={<Ellipsis size={14} aria-hidden />} />}
            items={[
              { label: 'New profile …', onSelect: () => setTask({ kind: 'new' }) },
              { label: 'Duplicate …', disabled: !shown, onSelect: () => setTask({ kind: 'duplicate', name: current }) },
              { label: 'Rename …', disabled: !shown, onSelect: () => setTask({ kind: 'rename', name: current }) },
              { kind: 'separator' },
              { label: 'Import …', onSelect: () => setTask({ kind: 'import' }) },
              { label: 'Save a copy as a file …', disabled: !shown, onSelect: () => void exportProfile(current) },
              { kind: 'separator' },
              {
                kind: 'submenu',
                label: 'Edit another',
                disabled: names.length < 2,
                items: names.filter((name) => name !== current).map((name) => ({ label: name, onSelect: () => setTask({ kind: 'file', name }) })),
              },
              {
                kind: 'submenu',
                label: 'Delete another',
                disabled: names.length < 2,
                items: names.filter((name) => name !== current).map((name) => ({ label: name, danger: true, onSelect: () => void deleteProfile(name) })),
              },
            ]}
          />
        </>
      }
    >
      <div className={styles.card}>
        <Select
          className={styles.picker}
          label="Profile of the broker"
          labelHidden
          value={current}
          onChange={(name) => name !== current && setTask({ kind: 'switch', name })}
          options={[
            ...(shown ? [] : [{ value: current, label: current, detail: 'its file is not there' }]),
            ...profiles.map(({ name, description, broken, file }) => ({
              value: name,
              label: name,
              detail: broken ? `${file} cannot be used` : description === '' ? file : shorten(description, shownDescription),
            })),
          ]}
        />
        {problem !== null && (
          <Banner
            inset
            kind="bad"
            title="The profile cannot be used"
            actions={shown && <Button onClick={() => setTask({ kind: 'file', name: current })}>Mend the file</Button>}
          >
            {problem} {running ? 'The broker goes on with what it was before.' : 'The broker does not start with it.'}
          </Banner>
        )}
        {problem === null && shown && shown.problems.length > 0 && (
          <Banner inset kind="warn" title="The profile contradicts itself">
            {shown.problems.map(({ line, message }) => `Line ${line}: ${message}`).join(' ')}
          </Banner>
        )}
        {running && problem === null && pending.length > 0 && (
          <Banner
            inset
            kind="info"
            title="The broker runs with other settings than its profile has"
            actions={
              <Button icon={<RotateCw size={14} aria-hidden />} onClick={() => void restartBroker()}>
                Restart with the profile
              </Button>
            }
          >
            <ChangeList changes={pending} />
          </Banner>
        )}
      </div>
      {task?.kind === 'new' && (
        <NameDialog
          title="New profile"
          action="Create"
          value={names.includes('lab') ? copyName('lab', names) : 'lab'}
          taken={names}
          onClose={close}
          onName={(name) => make(name, {})}
        />
      )}
      {task?.kind === 'duplicate' && (
        <NameDialog
          title={`Duplicate “${task.name}”`}
          action="Duplicate"
          value={copyName(task.name, names)}
          taken={names}
          onClose={close}
          onName={(name) => make(name, { from: task.name })}
        />
      )}
      {task?.kind === 'rename' && (
        <NameDialog
          title={`Rename “${task.name}”`}
          action="Rename"
          value={task.name}
          taken={names.filter((name) => name !== task.name)}
          onClose={close}
          onName={async (name) => {
            if (await renameProfile(task.name, name)) close();
          }}
        />
      )}
      {task?.kind === 'switch' && <SwitchDialog name={task.name} current={current} running={running} onClose={close} />}
      {task?.kind === 'file' && <ProfileFileDialog name={task.name} onClose={close} />}
      {task?.kind === 'import' && <ProfileImportDialog taken={names} onClose={close} onMade={(name) => setTask({ kind: 'switch', name })} />}
    </Card>
  );
}
