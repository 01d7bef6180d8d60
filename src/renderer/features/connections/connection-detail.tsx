import { Copy, ListTree, MoreHorizontal, Plug, Trash2, Unplug } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ConnectionProfileView, ConnectionStatus, Subscription } from '../../../shared/contract/connections.ts';
import { engineClient } from '../../data/index.ts';
import { Badge, StatusDot } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { KeyValueTable } from '../../ui/key-value-table.tsx';
import { Menu } from '../../ui/menu.tsx';
import { act, Card, connectionTone, formatCount, Page, useNow } from '../common/index.ts';
import { CheckCard } from './check/check-card.tsx';
import { checkUri } from './check-uri.ts';
import { connect, disconnect, discard, remove, save, saveAndConnect, trustCertificate } from './connection-actions.ts';
import { describeConnection } from './connection-words.ts';
import { connectionsStore, useConnectionsState } from './connections-model.ts';
import styles from './connections.module.css';
import { checkDraft, draftOf, newDraft, saveInput } from './profile-draft.ts';
import { ProfileForm } from './profile-form.tsx';
import { SubscriptionsEditor } from './subscriptions-editor.tsx';

export interface ConnectionDetailProps {
  readonly id: string;
  /** Absent for one that was never saved. */
  readonly profile: ConnectionProfileView | undefined;
  readonly status: ConnectionStatus | undefined;
  readonly profiles: readonly ConnectionProfileView[];
  readonly onShowTopics: (id: string) => void;
}

export function ConnectionDetail({ id, profile, status, profiles, onShowTopics }: ConnectionDetailProps): ReactElement {
  const open = useConnectionsState((state) => state.drafts[id]);
  const saving = useConnectionsState((state) => state.saving);
  const draft = open?.draft ?? (profile ? draftOf(profile) : newDraft(id));
  const problems = checkDraft(draft, profile?.secretsSet.includes('password') ?? false, checkUri);
  const saved = profile ? draftOf(profile) : newDraft(id);
  // A field is judged once it was touched; all of them once a save was tried.
  const shown = Object.fromEntries(
    Object.entries(problems).filter(([field]) => open?.reveal || (field in saved && draft[field as keyof typeof draft] !== saved[field as keyof typeof saved])),
  );
  const subscriptions = open?.unsaved?.subscriptions ?? profile?.subscriptions ?? [];
  const setSubscriptions = (next: readonly Subscription[]): void => {
    if (profile) void act(engineClient().call('connections.setSubscriptions', { id, subscriptions: [...next] }), 'The subscriptions could not be changed');
    else {
      connectionsStore().edit(id, undefined, {});
      connectionsStore().setUnsavedSubscriptions(id, next);
    }
  };
  return (
    <Page title={draft.name === '' ? 'New connection' : draft.name}>
      <DetailHeader {...{ profile, profiles, status, onShowTopics, saving }} id={id} name={draft.name} dirty={open !== undefined} />
      {status?.lastProblem && status.phase !== 'connected' && (
        <Banner inset kind="bad" title={status.lastProblem.message}>
          {status.lastProblem.advice}
        </Banner>
      )}
      <CheckCard
        key={`check ${id}`}
        id={id}
        input={Object.keys(problems).length === 0 ? saveInput(draft, profile, subscriptions) : null}
        onTrust={profile ? (fingerprint) => void trustCertificate(profile, fingerprint) : null}
        failure={status?.phase === 'disconnected' || status?.phase === 'waiting' ? status.lastProblem : null}
      />
      {open && profile && (status?.phase === 'connected' || status?.phase === 'waiting') && (
        <Banner inset title="Changed settings count from the next connect">
          Subscriptions below take effect at once.
        </Banner>
      )}
      <Card title="Subscriptions" titleAside={subscriptions.length > 0 && <Badge>{formatCount(subscriptions.length)}</Badge>}>
        <SubscriptionsEditor subscriptions={subscriptions} status={status} onChange={setSubscriptions} />
      </Card>
      <Card title="Settings">
        <ProfileForm
          key={id}
          draft={draft}
          problems={shown}
          passwordSet={profile?.secretsSet.includes('password') ?? false}
          isNew={profile === undefined}
          onChange={(change) => connectionsStore().edit(id, profile, change)}
          onSubmit={() => void save(id, profile)}
        />
      </Card>
      {status?.phase === 'connected' && (
        <Card title="This connection">
          <KeyValueTable
            label="This connection"
            rows={[
              { key: 'Client id in use', value: status.clientId ?? '', mono: true },
              { key: 'Received', value: `${formatCount(status.receivedMessages)} messages` },
              { key: 'Sent', value: `${formatCount(status.sentMessages)} messages` },
            ]}
          />
        </Card>
      )}
    </Page>
  );
}

interface HeaderProps {
  readonly id: string;
  readonly name: string;
  readonly dirty: boolean;
  readonly saving: boolean;
  readonly profile: ConnectionProfileView | undefined;
  readonly profiles: readonly ConnectionProfileView[];
  readonly status: ConnectionStatus | undefined;
  readonly onShowTopics: (id: string) => void;
}

function DetailHeader({ id, name, dirty, saving, profile, profiles, status, onShowTopics }: HeaderProps): ReactElement {
  const phase = status?.phase ?? 'disconnected';
  const now = useNow(phase === 'connected' || phase === 'waiting' ? 500 : null);
  const [tone] = connectionTone(phase, status?.lastProblem != null);
  const isNew = profile === undefined;
  return (
    <header className={styles.header}>
      <div className={styles.heading}>
        <p className={styles.name}>{name === '' ? 'New connection' : name}</p>
        <p className={styles.stateLine} role="status">
          {isNew ? 'Not saved yet' : <StatusDot tone={tone} />} {!isNew && describeConnection(status, now)}
          {!isNew && dirty && <Badge tone="warn">Unsaved changes</Badge>}
        </p>
      </div>
      <div className={styles.headerButtons}>
        {(dirty || isNew) && (
          <>
            <Button variant="ghost" onClick={() => void discard(id, name, isNew)}>
              Discard
            </Button>
            <Button busy={saving} onClick={() => void save(id, profile)}>
              Save
            </Button>
          </>
        )}
        {phase === 'disconnected' && (dirty || isNew) && (
          <Button variant="primary" icon={<Plug size={15} aria-hidden />} busy={saving} onClick={() => void saveAndConnect(id, profile)}>
            Save & connect
          </Button>
        )}
        {phase === 'disconnected' && !dirty && !isNew && (
          <Button variant="primary" icon={<Plug size={15} aria-hidden />} onClick={() => void connect(id)}>
            Connect
          </Button>
        )}
        {phase === 'connecting' && <Button onClick={() => disconnect(id)}>Abort</Button>}
        {phase === 'waiting' && (
          <>
            <Button onClick={() => disconnect(id)}>Give up</Button>
            <Button variant="primary" onClick={() => void connect(id)}>
              Try now
            </Button>
          </>
        )}
        {phase === 'connected' && (
          <>
            <Button icon={<ListTree size={15} aria-hidden />} onClick={() => onShowTopics(id)}>
              Show topics
            </Button>
            <Button icon={<Unplug size={15} aria-hidden />} onClick={() => disconnect(id)}>
              Disconnect
            </Button>
          </>
        )}
        {phase === 'disconnecting' && <Button busy>Disconnecting</Button>}
        {profile && (
          <Menu
            align="end"
            trigger={<IconButton label="More" icon={<MoreHorizontal size={16} aria-hidden />} />}
            items={[
              { label: 'Duplicate', icon: <Copy size={14} aria-hidden />, onSelect: () => void connectionsStore().duplicate(profile, profiles) },
              { kind: 'separator' },
              { label: 'Delete …', icon: <Trash2 size={14} aria-hidden />, danger: true, onSelect: () => void remove(profile) },
            ]}
          />
        )}
      </div>
    </header>
  );
}
