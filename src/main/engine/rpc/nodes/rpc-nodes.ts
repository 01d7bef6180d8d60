import type { RpcAnswer, RpcAnswerOutcome, RpcNode, RpcNodeLog, RpcNodeLogLine, RpcNodeStatus, RpcRule } from '../../../../shared/contract/rpc-nodes.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';
import { NodeLog } from './node-log.ts';
import { decide, type RuledCall, type Verdict } from './rules.ts';

export interface RpcNodesOptions {
  readonly nodes: readonly RpcNode[];
  /** Unix ms. */
  readonly now: () => number;
}

interface TriedAnswer {
  readonly outcome: RpcAnswerOutcome;
  readonly console: readonly Pick<RpcNodeLogLine, 'level' | 'text'>[];
  readonly elapsedMs: number;
}

/** All RPC nodes of the workspace. */
export interface RpcNodes {
  statuses(): readonly RpcNodeStatus[];
  /** `null`: there is no such node. */
  log(id: string): RpcNodeLog | null;
  clearLog(id: string): void;
  save(node: RpcNode): void;
  remove(id: string): Promise<void>;
  start(id: string): void;
  stop(id: string): Promise<void>;
  testRules(rules: readonly RpcRule[], call: RuledCall): Promise<Verdict>;
  tryAnswer(id: string, answer: RpcAnswer, request: Omit<RuledCall, 'topic'>, signal: AbortSignal): Promise<TriedAnswer>;
  /** Told of changes of statuses and logs. */
  readonly changed: Notifier;
}

export function createRpcNodes(options: RpcNodesOptions): RpcNodes {
  const changed = createNotifier();
  const logs = new Map<string, NodeLog>();
  const add = ({ id }: RpcNode): void => void logs.set(id, new NodeLog(options.now, changed.notify));
  for (const node of options.nodes) add(node);
  return {
    statuses: () => [...logs.keys()].map(stopped),
    log: (id) => logs.get(id)?.view() ?? null,
    clearLog: (id) => logs.get(id)?.clear(),
    save(node) {
      if (!logs.has(node.id)) add(node);
      changed.notify();
    },
    async remove(id) {
      logs.delete(id);
      changed.notify();
    },
    start() {
      throw new CodedError('invalid-state', 'RPC nodes cannot be started in this version.');
    },
    async stop() {},
    testRules: async (rules, call) => decide(rules, call, () => Promise.reject(new Error('scripts cannot be run in this version'))),
    async tryAnswer(_id, answer) {
      const outcome = answer.kind === 'static' ? { result: answer.result } : { error: answer.kind === 'error' ? answer.message : 'Not in this version.' };
      return { outcome, console: [], elapsedMs: 0 };
    },
    changed,
  };
}

function stopped(id: string): RpcNodeStatus {
  const counts = { served: 0, denied: 0, unknownMethods: 0, failed: 0, dropped: 0, unanswerable: 0, repeated: 0, refused: 0, unreadable: 0 };
  const session = { problem: null, warnings: [], clientId: null, subscriptions: [], runningSince: null, nextAttemptAt: null };
  return { id, phase: 'stopped', ...session, ...counts, running: 0, pendingCalls: 0 };
}
