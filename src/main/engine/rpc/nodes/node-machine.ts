import type { RpcNodeStatus } from '../../../../shared/contract/rpc-nodes.ts';

type Phase = RpcNodeStatus['phase'];

/**
 * What happens to a node, from the user, its source or its session. `ready`: the topics are subscribed to. `lost`: the session ended, and a new one may do. `failed`: another attempt
 * would end the same way. `reopen`: what the session was opened with has changed.
 */
export type NodeEvent = 'start' | 'stop' | 'source-up' | 'source-down' | 'ready' | 'lost' | 'failed' | 'retry-due' | 'reopen';

/** `open`: a new session, after closing the one there may be. `wait`: until the next attempt. `close`: the session, or what would open one. */
interface NodeStep {
  readonly phase: Phase;
  readonly action?: 'open' | 'wait' | 'close';
}

const open: NodeStep = { phase: 'starting', action: 'open' };
const waitForSource: NodeStep = { phase: 'waiting', action: 'close' };
const stopped: NodeStep = { phase: 'stopped', action: 'close' };
const failed: NodeStep = { phase: 'failed', action: 'close' };
const again: NodeStep = { phase: 'waiting', action: 'wait' };

const active = { stop: stopped, 'source-down': waitForSource, lost: again, failed, reopen: open } as const;

const table: Readonly<Record<Phase, Partial<Record<NodeEvent, NodeStep>>>> = {
  stopped: { start: open },
  starting: { ...active, ready: { phase: 'running' } },
  running: active,
  waiting: { start: open, stop: stopped, 'source-up': open, 'source-down': waitForSource, 'retry-due': open, reopen: open, failed },
  failed: { start: open, stop: stopped },
};

/** The next phase, or `undefined` where the event means nothing. Without its source, a node waits instead of opening a session. */
export function nextNodeStep(phase: Phase, event: NodeEvent, sourceIsUp: boolean): NodeStep | undefined {
  const step = table[phase][event];
  return step?.action === 'open' && !sourceIsUp ? waitForSource : step;
}
