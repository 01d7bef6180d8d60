import { Ellipsis, Server, Workflow } from 'lucide-react';
import type { ReactElement } from 'react';
import type { CallDetail } from '../../../shared/contract/rpc.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu, type MenuEntry } from '../../ui/menu.tsx';
import { mockMethod, serveAnswer } from './nodes/index.ts';
import { sequenceOfCall } from './sequence-of-call.ts';

/** What else can be made of a recorded call. */
export function CallMenu({ detail }: { readonly detail: CallDetail }): ReactElement | null {
  const entries = [...sequenceEntry(detail), ...serveEntries(detail)];
  if (entries.length === 0) return null;
  return <Menu align="end" trigger={<IconButton size="small" label="More for this call" icon={<Ellipsis size={15} aria-hidden />} />} items={entries} />;
}

function sequenceEntry(detail: CallDetail): readonly MenuEntry[] {
  const show = sequenceOfCall(detail);
  return show === null ? [] : [{ label: 'Show as sequence', icon: <Workflow size={14} aria-hidden />, onSelect: show }];
}

/** A node can answer what the peer has said; what was found on this side, or is not known any more, it cannot. */
function serveEntries({ source, topic, method, result, error }: CallDetail): readonly MenuEntry[] {
  if (method === '' || (error ? error.origin === 'local' : result === undefined)) return [];
  const answer = error ? { error: error.peerText ?? error.message } : { result: result ?? null };
  const request = { source, topic, method, answer };
  return [
    { label: error ? 'Serve this error' : 'Serve this answer', icon: <Server size={14} aria-hidden />, onSelect: () => void serveAnswer(request) },
    { label: 'Serve it on a node of your choice …', onSelect: () => mockMethod(request) },
  ];
}
