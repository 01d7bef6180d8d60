import type { AccessVerdict } from '../../../../shared/broker/access/access-rules.ts';
import type { AccessPreview } from '../../../../shared/contract/broker-access.ts';
import { formatCount, plural } from '../../common/index.ts';

/** How the rules decide: in use now, or as edited. */
export function verdictWords({ allowed, rule }: AccessVerdict): string {
  const what = allowed ? 'allowed' : 'denied';
  return rule === null ? `${what}, as no rule matches` : `${what} by rule ${rule + 1}`;
}

/** What would change, in a sentence; `null`: nothing. */
export function previewSummary({ changes, omitted, leavingTotal }: AccessPreview): string | null {
  const count = (action: 'subscribe' | 'publish', allowed: boolean): number =>
    changes.filter((change) => change.action === action && change.after.allowed === allowed).reduce((sum, change) => sum + change.count, 0);
  const both = (allowed: boolean): string =>
    [
      ...(count('subscribe', allowed) > 0 ? [plural(count('subscribe', allowed), 'subscription')] : []),
      ...(count('publish', allowed) > 0 ? [plural(count('publish', allowed), 'publish', 'publishes')] : []),
    ].join(' and ');
  const parts = [
    ...(leavingTotal > 0 ? [`${plural(leavingTotal, 'client')} would be disconnected`] : []),
    ...(both(false) === '' ? [] : [`${both(false)} would no longer be allowed`]),
    ...(both(true) === '' ? [] : [`${both(true)} would be allowed`]),
  ];
  if (parts.length === 0 && omitted === 0) return null;
  return `${parts.join('; ')}${omitted > 0 ? `; and ${formatCount(omitted)} more` : ''}.`;
}
