import type { ReactElement } from 'react';
import { Banner } from '../../../ui/banner.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Card } from '../../common/index.ts';
import type { AccessDraft } from './access-draft.ts';
import styles from './access.module.css';
import { accessStore } from './access-store.ts';

const logins = [
  { value: 'anybody', label: 'Anybody' },
  { value: 'users', label: 'Only users' },
] as const;

/** Who gets in. */
export function LoginCard({ draft, users }: { readonly draft: AccessDraft; readonly users: number }): ReactElement {
  const store = accessStore();
  const isUsers = draft.login === 'users';
  return (
    <Card title="Login">
      <div className={styles.login}>
        <SegmentedControl label="Who may connect" value={draft.login} onChange={(login) => store.edit((now) => ({ ...now, login }))} segments={logins} />
        <p className={styles.quiet}>
          {isUsers
            ? 'A user name counts only with its password, or by the certificate of the client.'
            : 'No password is asked for: a user name is what the client says it is.'}
        </p>
        {isUsers && (
          <Checkbox
            label="Clients without a user name get in as well"
            checked={draft.anonymous}
            onChange={(anonymous) => store.edit((now) => ({ ...now, anonymous }))}
          />
        )}
        {isUsers && users === 0 && (
          <Banner
            inset
            kind="warn"
            title={draft.anonymous ? 'There are no users yet.' : 'There are no users yet: nobody would get in but the workbench itself.'}
          >
            Add one, or import a password file.
          </Banner>
        )}
      </div>
    </Card>
  );
}
