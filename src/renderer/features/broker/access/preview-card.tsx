import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { AccessChange, AccessPreview, AccessSettings } from '../../../../shared/contract/broker-access.ts';
import { engineClient } from '../../../data/index.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { browserPacing, Card, formatCount, plural, useBrokerStatus, useFirst, useModel } from '../../common/index.ts';
import { StartBrokerButton } from '../overview/start-broker-button.tsx';
import { settingsOf } from './access-draft.ts';
import styles from './access.module.css';
import { useAccessState, useUnsavedAccess } from './access-store.ts';
import { PreviewModel } from './preview-model.ts';
import { previewSummary, verdictWords } from './preview-words.ts';

/** What the edited login and rules would change for those who are connected, before they are saved. */
export function PreviewCard(): ReactElement {
  const status = useBrokerStatus();
  const draft = useAccessState((state) => state.draft);
  const unsaved = useUnsavedAccess();
  const canAsk = status?.phase === 'running' && status.engine !== 'aedes';
  const settings = useMemo<AccessSettings | null>(() => (draft !== null && unsaved && canAsk ? settingsOf(draft) : null), [draft, unsaved, canAsk]);
  const [model] = useState(() => new PreviewModel(engineClient(), browserPacing));
  useModel(model.notifier);
  useEffect(() => model.show(settings), [model, settings]);
  // One that was left comes back with a new view.
  useEffect(() => () => model.show(null), [model]);
  return (
    <Card title="Preview" titleAside={settings !== null && model.isBehind ? <Spinner size={14} label="Asking the broker" /> : undefined}>
      {status !== undefined && !canAsk ? (
        <EmptyState
          compact
          title="No preview"
          text={
            status.phase === 'running'
              ? 'The engine aedes tells nothing of its subscriptions, and knows no rules.'
              : 'The broker does not run: nobody is connected whom a change could concern.'
          }
          {...(status.phase === 'running' ? {} : { actions: <StartBrokerButton /> })}
        />
      ) : settings === null ? (
        <p className={styles.quiet}>
          Change the login or the rules, and you see here, before you save, which subscriptions and which of the last 1,000 publishes that would allow or deny.
        </p>
      ) : (
        <Outcome model={model} />
      )}
    </Card>
  );
}

function Outcome({ model }: { readonly model: PreviewModel }): ReactElement {
  const { outcome } = model;
  if (outcome === null) return <p className={styles.quiet}>Asking the broker …</p>;
  if ('problem' in outcome) {
    return (
      <Banner inset kind="bad" title={outcome.problem}>
        {outcome.advice}
      </Banner>
    );
  }
  return <Changes preview={outcome.preview} />;
}

function Changes({ preview }: { readonly preview: AccessPreview }): ReactElement {
  const { changes, omitted, leaving, leavingTotal, subscriptions, publishes, unknown } = preview;
  const { shown, more } = useFirst(changes, 50);
  const { shown: shownLeaving, more: moreLeaving } = useFirst(leaving, 20);
  const summary = previewSummary(preview);
  const lookedAt = `${plural(subscriptions, 'subscription')} and ${plural(publishes, 'publish', 'publishes')} were looked at, those included that are denied now.`;
  return (
    <div className={styles.changes}>
      <p role="status" className={styles.summary}>
        {summary ?? 'Nothing would change.'}
      </p>
      {leavingTotal > 0 && (
        <>
          <ul className={styles.changeList} aria-label="Clients that would be disconnected">
            {shownLeaving.map(({ clientId, username }) => (
              <li key={clientId} className={styles.change}>
                <Badge tone="bad">disconnected</Badge>
                <Who clientId={clientId} username={username} />
                <span className={styles.verdicts}>{username === null ? 'it has no user name' : 'until it logs in with a password'}</span>
              </li>
            ))}
          </ul>
          {moreLeaving}
          {leavingTotal > leaving.length && <p className={styles.quiet}>and {plural(leavingTotal - leaving.length, 'further client')}, not listed</p>}
        </>
      )}
      {changes.length > 0 && (
        <ul className={styles.changeList} aria-label="What would change">
          {shown.map((change) => (
            <Change key={JSON.stringify([change.clientId, change.action, change.target])} change={change} />
          ))}
        </ul>
      )}
      {more}
      {omitted > 0 && <p className={styles.quiet}>and {formatCount(omitted)} more, not listed</p>}
      <p className={styles.quiet}>
        {lookedAt}
        {unknown > 0 && ` Of ${formatCount(unknown)} of them nobody knows the user: their client has not been back since the broker started.`}
      </p>
    </div>
  );
}

function Change({ change }: { readonly change: AccessChange }): ReactElement {
  const { clientId, username, action, target, count, before, after } = change;
  return (
    <li className={styles.change}>
      <Badge tone={after.allowed ? 'ok' : 'bad'}>{after.allowed ? 'allowed' : 'denied'}</Badge>
      <Who clientId={clientId} username={username} />
      <span className={styles.target}>
        {action === 'subscribe' ? 'subscribes to' : 'published to'} <code data-selectable>{target}</code>
        {count > 1 && ` × ${formatCount(count)}`}
      </span>
      <span className={styles.verdicts}>
        now {verdictWords(before)}; then {verdictWords(after)}
      </span>
    </li>
  );
}

function Who({ clientId, username }: { readonly clientId: string; readonly username: string | null }): ReactElement {
  return (
    <span className={styles.who}>
      <b data-selectable>{clientId}</b>
      {username !== null && <span className={styles.faint}> as {username}</span>}
    </span>
  );
}
