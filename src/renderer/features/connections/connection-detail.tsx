import { useMemo, useState, type ReactElement } from 'react';
import type { ConnectionProfileView, ConnectionStatus, Subscription } from '../../../shared/contract/connections.ts';
import { engineClient } from '../../data/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { act, Card, formatCount, Page } from '../common/index.ts';
import { CheckCard } from './check/check-card.tsx';
import { reconnect, save, saveAndReconnect, trustCertificate } from './connection-actions.ts';
import { connectionsStore, useConnectionsState } from './connections-model.ts';
import { checkDraft } from './draft/check-draft.ts';
import { hasSecret } from './draft/problems.ts';
import { checkUri } from './draft/check-uri.ts';
import { needsReconnect } from './draft/draft-sections.ts';
import { shownDraft, shownProblems } from './draft/merge-drafts.ts';
import { draftOf, newDraft } from './draft/profile-draft.ts';
import { saveInput } from './draft/save-input.ts';
import { insecurities } from './draft/tls-words.ts';
import { PresetMenu } from './editor/preset-menu.tsx';
import { ProfileForm } from './editor/profile-form.tsx';
import { folderPaths } from './list/connection-rows.ts';
import { FolderDialog } from './list/folder-dialog.tsx';
import { ChallengeCard } from './page/challenge-card.tsx';
import { pikaAnswer } from './page/pika-words.ts';
import { DetailHeader } from './page/detail-header.tsx';
import { LiveCard } from './page/live-card.tsx';
import { MessageCounts } from './page/message-counts.tsx';
import { CopyActive } from './subscriptions/copy-active.tsx';
import { SubscriptionsEditor } from './subscriptions/subscriptions-editor.tsx';

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
  const [moving, setMoving] = useState(false);
  const stored = profile?.secretsSet ?? [];
  const draft = useMemo(() => shownDraft(id, open, profile), [id, open, profile]);
  const saved = useMemo(() => (profile ? draftOf(profile) : newDraft(id)), [id, profile]);
  const problems = useMemo(() => checkDraft(draft, profile?.secretsSet ?? [], checkUri), [draft, profile]);
  // A field is judged once it was touched; all of them once a save was tried.
  const shown = open && open.refused > 0 ? problems : shownProblems(problems, draft, saved);
  const folders = useMemo(() => folderPaths(profiles), [profiles]);
  const live = status?.phase === 'connected' ? status : undefined;
  const insecure = profile ? insecurities(profile, stored.includes('password')) : [];
  const subscriptions = open?.unsaved?.subscriptions ?? profile?.subscriptions ?? [];
  const setSubscriptions = (next: readonly Subscription[]): void => {
    if (profile) void act(engineClient().call('connections.setSubscriptions', { id, subscriptions: [...next] }), 'The subscriptions could not be changed');
    else {
      connectionsStore().edit(id, undefined, {});
      connectionsStore().setUnsavedSubscriptions(id, next);
    }
  };
  const failed = profile && !live && status?.lastProblem ? status.lastProblem : null;
  // Both have keys: wherever they stand, they keep what is written in them.
  const checkCard = (
    <CheckCard
      key={`check ${id}`}
      id={id}
      input={Object.keys(problems).length === 0 ? saveInput(draft, subscriptions) : null}
      onTrust={profile ? (fingerprint) => void trustCertificate(profile, fingerprint) : null}
      failure={status?.phase === 'disconnected' || status?.phase === 'waiting' ? status.lastProblem : null}
    />
  );
  const subscriptionsCard = (
    <Card
      key="subscriptions"
      title="Subscriptions"
      titleAside={subscriptions.length > 0 && <Badge>{formatCount(subscriptions.length)}</Badge>}
      actions={live && <CopyActive subscriptions={subscriptions} status={live} />}
    >
      <SubscriptionsEditor subscriptions={subscriptions} status={status} version={draft.version} onChange={setSubscriptions} />
    </Card>
  );
  return (
    <Page title={draft.name === '' ? 'New connection' : draft.name}>
      <DetailHeader
        {...{ id, profile, profiles, status, saving, insecure, onShowTopics }}
        name={draft.name}
        dirty={open !== undefined}
        onMove={() => setMoving(true)}
      />
      {failed && (
        <Banner inset kind="bad" title={failed.message}>
          {failed.advice} {profile?.pikaPeers && pikaAnswer(failed.code)}
        </Banner>
      )}
      {failed && checkCard}
      {status?.challenge && <ChallengeCard key={status.challenge.number} id={id} challenge={status.challenge} />}
      {profile && live && <ReconnectBanner id={id} profile={profile} live={live} words={open ? needsReconnect(draft, saved) : []} open={open !== undefined} />}
      {status && <MessageCounts status={status} />}
      {profile && live && <LiveCard profile={profile} status={live} insecure={insecure} />}
      {profile && subscriptionsCard}
      {profile && !failed && checkCard}
      <Card title="Settings" flush actions={!profile && <PresetMenu onChange={(change) => connectionsStore().edit(id, profile, change)} />}>
        <ProfileForm
          key={id}
          {...{ draft, stored, folders }}
          problems={shown}
          has={hasSecret(draft, stored)}
          isNew={profile === undefined}
          refused={open?.refused ?? 0}
          onChange={(change) => connectionsStore().edit(id, profile, change)}
          onSubmit={() => void save(id, profile, live?.connectedAt ?? null)}
        />
      </Card>
      {!profile && subscriptionsCard}
      {!profile && checkCard}
      {moving && profile && <FolderDialog task={{ kind: 'move', profile }} entries={[]} folders={folders} onClose={() => setMoving(false)} />}
    </Page>
  );
}

interface ReconnectBannerProps {
  readonly id: string;
  readonly profile: ConnectionProfileView;
  readonly live: ConnectionStatus;
  /** What is changed and not saved. */
  readonly words: readonly string[];
  readonly open: boolean;
}

/** Which changes a live connection does not know yet. */
function ReconnectBanner({ id, profile, live, words, open }: ReconnectBannerProps): ReactElement | null {
  const known = useConnectionsState((state) => state.waiting[id]);
  const waiting = known && known.connectedAt === live.connectedAt ? known.words : [];
  const all = [...new Set([...waiting, ...words])];
  if (all.length === 0) return null;
  return (
    <Banner
      inset
      title={`${listWords(all)} ${all.length === 1 ? 'counts' : 'count'} from the next connect`}
      actions={
        <Button size="small" onClick={() => void (open ? saveAndReconnect(id, profile) : reconnect(id))}>
          {open ? 'Save & reconnect' : 'Reconnect now'}
        </Button>
      }
    >
      Everything else, and subscriptions, take effect {open ? 'when saved' : 'at once'}.
    </Banner>
  );
}

const listWords = (words: readonly string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`);
