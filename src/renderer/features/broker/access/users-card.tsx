import { FileUp, KeyRound, Plus, Search, Trash2 } from 'lucide-react';
import { useMemo, useState, type ReactElement } from 'react';
import type { AccessView } from '../../../../shared/contract/broker-access.ts';
import { engineClient } from '../../../data/index.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { confirm } from '../../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { act, Card, formatCount, plural } from '../../common/index.ts';
import styles from './access.module.css';
import { ImportUsersDialog } from './import-users-dialog.tsx';
import { UserDialog } from './user-dialog.tsx';

type User = AccessView['users'][number];

const rowHeightPx = 34;
const rowsShown = 8;
/** A shorter list can be read as a whole. */
const searchFrom = 10;

/** Who has a password. What is changed here is in use at once. */
export function UsersCard({ users }: { readonly users: readonly User[] }): ReactElement {
  /** `''`: a new one. */
  const [edited, setEdited] = useState<string | null>(null);
  const [importing, setImporting] = useState(false);
  const [wanted, setWanted] = useState('');
  const found = useMemo(() => users.filter(({ name }) => name.toLowerCase().includes(wanted.trim().toLowerCase())), [users, wanted]);
  const remove = async (name: string): Promise<void> => {
    const agreed = await confirm({
      title: `Delete the user “${name}”?`,
      text: 'The password is forgotten. Where only users get in, its clients are disconnected at once.',
      action: 'Delete',
      danger: true,
    });
    if (agreed) void act(engineClient().call('broker.removeUser', { name }), 'The user could not be deleted');
  };
  return (
    <Card
      title="Users"
      titleAside={users.length > 0 && <Badge>{formatCount(users.length)}</Badge>}
      flush
      actions={
        <>
          <Button size="small" icon={<FileUp size={14} aria-hidden />} onClick={() => setImporting(true)}>
            Import a password file
          </Button>
          <Button size="small" icon={<Plus size={14} aria-hidden />} onClick={() => setEdited('')}>
            Add user
          </Button>
        </>
      }
    >
      {users.length > searchFrom && (
        <div className={styles.search}>
          <TextField
            label="Find users"
            labelHidden
            type="search"
            size="small"
            clearable
            icon={<Search size={14} aria-hidden />}
            placeholder="Part of a user name"
            value={wanted}
            onChange={setWanted}
          />
          <span role="status" className={styles.quiet}>
            {wanted.trim() === '' ? '' : plural(found.length, 'user')}
          </span>
        </div>
      )}
      {users.length === 0 ? (
        <EmptyState compact title="No users" text="A user has a name and a password, of which only a hash is kept." />
      ) : (
        <div className={styles.list} style={{ height: Math.min(Math.max(found.length, 1), rowsShown) * rowHeightPx }}>
          <VirtualList<User>
            label="Users"
            count={found.length}
            rowHeightPx={rowHeightPx}
            getRow={(index) => found[index]}
            keyOf={({ name }) => name}
            onActivate={({ name }) => setEdited(name)}
            onRowKeyDown={(event, { name }) => {
              if (event.key === 'Delete') void remove(name);
            }}
            empty={<p className={styles.none}>No user name holds this.</p>}
            renderRow={(user) => <UserRow user={user} onEdit={() => setEdited(user.name)} onRemove={() => void remove(user.name)} />}
          />
        </div>
      )}
      <UserDialog name={edited} known={users} onClose={() => setEdited(null)} />
      <ImportUsersDialog open={importing} onClose={() => setImporting(false)} />
    </Card>
  );
}

function UserRow({ user, onEdit, onRemove }: { readonly user: User; readonly onEdit: () => void; readonly onRemove: () => void }): ReactElement {
  const { name, form, scram } = user;
  return (
    <div className={styles.user}>
      <span className={styles.userName} title={name}>
        {name}
      </span>
      {scram && <Badge title="May log in without sending the password, with SCRAM-SHA-256">SCRAM</Badge>}
      <span className={styles.faint} title="How the password is kept">
        {form}
      </span>
      <span className={styles.ruleButtons}>
        <IconButton size="small" label={`Set the password of ${name}`} icon={<KeyRound size={14} aria-hidden />} onClick={onEdit} />
        <IconButton size="small" label={`Delete ${name}`} icon={<Trash2 size={14} aria-hidden />} onClick={onRemove} />
      </span>
    </div>
  );
}
