import type { RpcAnswer, RpcAnswerOutcome, RpcNode, RpcNodeLog, RpcNodeLogLine, RpcNodeStatus, RpcRule } from '../../../../shared/contract/rpc-nodes.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';
import { plainValue } from '../plain-value.ts';
import { Answers } from './answers.ts';
import { callerOf, type NodeCaller } from './node-caller.ts';
import { unknownError } from './responder.ts';
import { NodeActor, type RpcNodeOptions } from './rpc-node.ts';
import { decide, type RuledCall, type Verdict } from './rules.ts';
import { scriptFunctions, type NodeCalls } from './script-functions.ts';

export interface RpcNodesOptions extends Omit<RpcNodeOptions, 'functions' | 'onChange' | 'pendingCalls'> {
  readonly nodes: readonly RpcNode[];
  readonly calls: NodeCalls & Pick<RpcNodeOptions, 'pendingCalls'>;
}

interface TriedAnswer {
  readonly outcome: RpcAnswerOutcome;
  readonly console: readonly Pick<RpcNodeLogLine, 'level' | 'text'>[];
  readonly elapsedMs: number;
}

const maxConsoleLines = 200;

/** All RPC nodes of the workspace. */
export interface RpcNodes {
  statuses(): readonly RpcNodeStatus[];
  /** `null`: there is no such node. */
  log(id: string): RpcNodeLog | null;
  clearLog(id: string): void;
  /** Adds it, or puts it in the place of the one with its id. */
  save(node: RpcNode): void;
  remove(id: string): Promise<void>;
  start(id: string): void;
  stop(id: string): Promise<void>;
  testRules(rules: readonly RpcRule[], call: RuledCall): Promise<Verdict>;
  tryAnswer(id: string, answer: RpcAnswer, request: Omit<RuledCall, 'topic'>, signal: AbortSignal): Promise<TriedAnswer>;
  /** For calls as a node. Throws `not-found`, or `invalid-state` when it is not running. */
  caller(id: string): NodeCaller;
  /** A broker or connection may have come up or gone down. */
  readonly sourcesChanged: () => void;
  /** Told of changes of statuses and logs. */
  readonly changed: Notifier;
  close(): Promise<void>;
}

export function createRpcNodes(options: RpcNodesOptions): RpcNodes {
  const { calls, clock } = options;
  const changed = createNotifier();
  const actors = new Map<string, NodeActor>();
  const add = (node: RpcNode): void => {
    const actor = new NodeActor(node, {
      ...options,
      functions: (self) => scriptFunctions(self, calls),
      pendingCalls: calls.pendingCalls,
      onChange: changed.notify,
    });
    actors.set(node.id, actor);
  };
  const find = (id: string): NodeActor => {
    const actor = actors.get(id);
    if (!actor) throw new CodedError('not-found', 'That RPC node does not exist (any more).');
    return actor;
  };
  /** For what is tried, and is not kept: scripts of its own, which are closed afterwards. */
  const tried = async <T>(actor: NodeActor | undefined, use: (answers: Answers, console: TriedAnswer['console']) => Promise<T>): Promise<T> => {
    const console: Pick<RpcNodeLogLine, 'level' | 'text'>[] = [];
    const answers = new Answers({
      ...options,
      functions: actor ? scriptFunctions(actor, calls) : {},
      onConsole: (_method, line) => void (console.length < maxConsoleLines && console.push(line)),
    });
    try {
      return await use(answers, console);
    } finally {
      answers.close();
    }
  };
  for (const node of options.nodes) add(node);

  return {
    statuses() {
      const taken = sameTopics([...actors.values()]);
      return [...actors.values()].map((actor) => {
        const status = actor.status();
        const more = taken.get(status.id);
        return more === undefined ? status : { ...status, warnings: [...status.warnings, more] };
      });
    },
    log: (id) => actors.get(id)?.log.view() ?? null,
    clearLog: (id) => find(id).log.clear(),
    save(node) {
      const actor = actors.get(node.id);
      if (actor) actor.update(node);
      else {
        add(node);
        find(node.id).sourceChanged();
      }
      changed.notify();
    },
    async remove(id) {
      const actor = find(id);
      // At once: what is closing is neither started nor saved any more.
      actors.delete(id);
      changed.notify();
      await actor.close();
    },
    start: (id) => find(id).start(),
    stop: (id) => find(id).stop(),
    testRules: (rules, call) =>
      tried(undefined, async (answers) => decide(rules, call, (rule, about) => answers.ask(rule.id, rule.script, about, new AbortController().signal))),
    tryAnswer: (id, answer, request, signal) =>
      tried(actors.get(id), async (answers, console) => {
        const startedAt = clock();
        const outcome = await answers.work(answer, { ...request, topic: actors.get(id)?.node.topic ?? '' }, signal);
        const shown = 'error' in outcome ? { error: outcome.error || unknownError, place: outcome.place } : { result: plainValue(outcome.result) };
        return { outcome: shown, console, elapsedMs: clock() - startedAt };
      }),
    caller: (id) => callerOf(find(id)),
    sourcesChanged() {
      for (const actor of actors.values()) actor.sourceChanged();
    },
    changed,
    async close() {
      await Promise.all([...actors.values()].map((actor) => actor.close()));
    },
  };
}

/** By node: that another one listens on its topic, so that each request is answered twice. Over a shared subscription only one of them gets it. */
function sameTopics(actors: readonly NodeActor[]): ReadonlyMap<string, string> {
  const byPlace = new Map<string, NodeActor[]>();
  for (const actor of actors) {
    const { source, topic } = actor.node;
    if (topic === '' || topic.startsWith('$share/') || actor.status().phase === 'stopped' || actor.status().phase === 'failed') continue;
    const place = JSON.stringify([source, topic]);
    byPlace.set(place, [...(byPlace.get(place) ?? []), actor]);
  }
  const warnings = new Map<string, string>();
  for (const [, here] of byPlace) {
    if (here.length < 2) continue;
    for (const { node } of here) {
      const others = here.filter((other) => other.node !== node).map((other) => `"${other.node.name}"`);
      warnings.set(
        node.id,
        `The same topic is served by ${others.slice(0, 3).join(', ')}${others.length > 3 ? ' and others' : ''}: each request is answered ${here.length} times.`,
      );
    }
  }
  return warnings;
}
