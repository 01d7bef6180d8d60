import type { z } from 'zod';
import { callInputSchema, type CallInput } from '../../../../shared/contract/rpc.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { validateTopicName } from '../../../../shared/mqtt/topic-name.ts';
import { utf8 } from '../../../../shared/rpc/dialect.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { guardPeers } from '../../guard-peers.ts';
import { HostFailure } from '../../scripts/index.ts';
import type { CallObserver } from '../caller/own-calls.ts';
import type { ScriptFunctions } from './answers.ts';
import type { NodeActor } from './rpc-node.ts';

/** Makes calls as a node. */
export interface NodeCalls {
  start(input: CallInput, observer: CallObserver): number;
  cancel(id: number): boolean;
}

/** What a script gives is as far from valid as what comes over a network. */
const callShape = callInputSchema.pick({ dialect: true, topic: true, method: true, timeoutMs: true, replyTo: true });

/**
 * What scripts of a node may do: `call(topic, method, params?, { timeoutMs?, dialect?, replyTo? }?)` as this node, and `publish(topic, payload, { qos?, retain?, knowingly? }?)` in its session, where a text
 * is sent as it is and anything else as JSON. Both need the node to run.
 */
export function scriptFunctions(actor: Pick<NodeActor, 'node' | 'session'>, calls: NodeCalls): ScriptFunctions {
  return {
    async call([topic, method, params = null, options], signal) {
      const more = optionsOf(options);
      const { dialect } = actor.node;
      const checked = callShape.safeParse({
        dialect: more['dialect'] ?? dialect,
        topic: textOf(topic, 'topic'),
        method: textOf(method, 'method'),
        ...(more['timeoutMs'] === undefined ? {} : { timeoutMs: more['timeoutMs'] }),
        ...(more['replyTo'] === undefined ? {} : { replyTo: more['replyTo'] }),
      });
      if (!checked.success) throw new CodedError('bad-input', problemOf(checked.error));
      // A JSON value, whose whole numbers of any size the schema would not know.
      const input: CallInput = { node: actor.node.id, source: actor.node.source, params: params as CallInput['params'], ...checked.data };
      return new Promise((resolve, reject) => {
        const id = calls.start(input, {
          onEnd(outcome) {
            if ('error' in outcome) reject(new HostFailure(outcome.error.name, outcome.error.peerText ?? outcome.error.message));
            else resolve(outcome.result);
          },
          onCancelled: () => reject(new CodedError('cancelled')),
        });
        signal.addEventListener('abort', () => calls.cancel(id));
      });
    },
    async publish([topic, payload = '', options]) {
      const { session } = actor;
      if (!session) throw new CodedError('not-connected', 'The node is not running, so nothing can be published.');
      const { qos = 0, retain = false, knowingly = false } = optionsOf(options);
      const name = textOf(topic, 'topic');
      const problem = validateTopicName(name);
      if (problem) throw new CodedError('invalid-topic', problem.message);
      if (qos !== 0 && qos !== 1) throw new CodedError('bad-input', 'publish: qos is 0 or 1.');
      const bytes = utf8(typeof payload === 'string' ? payload : JSON.stringify(payload));
      if (knowingly !== true) guardPeers(name, bytes);
      await session.publish({ topic: name, payload: bytes, qos, retain: retain === true });
      return undefined;
    },
  };
}

function problemOf({ issues }: z.core.$ZodError): string {
  const [issue] = issues;
  return `call: ${issue?.path.join('.') ?? ''} is not valid: ${issue?.message ?? ''}`;
}

function textOf(value: JsonValue | undefined, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new CodedError('bad-input', `The ${what} has to be a text.`);
}

function optionsOf(value: JsonValue | undefined): { readonly [key: string]: JsonValue } {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new CodedError('bad-input', 'The options have to be an object.');
  return value as { readonly [key: string]: JsonValue };
}
