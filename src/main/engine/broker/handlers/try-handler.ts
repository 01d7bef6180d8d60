import type { BrokerHandler, TriedEvent, TriedMessage, TryResult } from '../../../../shared/contract/broker-handlers.ts';
import { parsePattern } from '../../../../shared/broker/handlers/pattern.ts';
import { validateTopicFilter } from '../../../../shared/mqtt/topic-filter.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import type { Scripts } from '../../scripts/index.ts';
import { Message } from '../core/message.ts';
import { messageGiven, triedClient, triedSubscription } from './given.ts';
import { HandlerLogBook } from './handler-log.ts';
import { fits, HandlerTable } from './handler-table.ts';
import { changedMessage, connackCodes, defaultRefusal, pubackCodes, subscribeAnswer, withoutShare } from './outcomes.ts';
import { RunningHandler } from './running-handler.ts';
import { fromWirePayload, topicOf, toWirePayload, type HandlerAnswer } from './wire.ts';

/** What can be asked of any broker. */
const facts = { options: { maximumQos: 2, retainAvailable: true }, nowMs: 0 } as const;
const mostSent = 100;
/** Longer payloads are shown from their beginning. */
const shownBytes = 65_536;

/** Runs a handler with an event that nobody has sent, in a sandbox of its own, as if it were switched on. `state`: what it begins with. */
export async function tryHandler(scripts: Pick<Scripts, 'open'>, given: BrokerHandler, event: TriedEvent, state: string): Promise<TryResult> {
  const handler: BrokerHandler = { ...given, enabled: true, observe: false };
  const console: string[] = [];
  const sent: TriedMessage[] = [];
  const running = new RunningHandler(
    handler,
    {
      scripts,
      now: Date.now,
      log: new HandlerLogBook(Date.now, ({ level, text }) => {
        if (level !== 'error' || text !== running.status().lastError?.message) console.push(level === 'log' ? text : `${level}: ${text}`);
      }),
      send: (_handler, { topic, payload, qos, retain, to }) => {
        if (sent.length < mostSent) sent.push(shown(topic, payload, qos, retain, to));
      },
      onChange: () => undefined,
    },
    state,
  );
  try {
    const asked = whatIsAsked(running, event);
    const nothing = { passedBy: null, outcome: 'nothing', message: null, refusal: null, sent, error: null, console, elapsedMs: 0, state } as const;
    if ('passedBy' in asked) return { ...nothing, passedBy: asked.passedBy };
    const { answer } = await running.ask(handler.on, asked.given);
    const came = answer === null ? null : outcomeOf(running, event, answer, sent);
    const { lastError, state: left, meanMs } = running.status();
    const done = { ...nothing, elapsedMs: meanMs ?? 0, state: left, error: lastError };
    if (came === null || lastError !== null) return { ...done, outcome: 'failed' };
    const outcome = given.observe ? 'nothing' : came.outcome === 'nothing' && sent.length > 0 ? 'answered' : came.outcome;
    return given.observe ? { ...done, outcome: sent.length > 0 ? 'answered' : 'nothing' } : { ...done, ...came, outcome };
  } finally {
    running.close();
  }
}

function whatIsAsked(running: RunningHandler, event: TriedEvent): { readonly given: JsonValue } | { readonly passedBy: string } {
  const { on, pattern } = running.handler;
  const table = new HandlerTable([running]);
  const { clientId, topic } = event;
  switch (on) {
    case 'publish': {
      const { levels, handlers } = table.ofTopic(topicOf(topic));
      if (!handlers.some((placed) => fits(placed, levels, clientId))) return { passedBy: `The topic ${topic} does not match ${pattern}.` };
      return { given: { ...messageGiven(messageOf(event), null, parsePattern(pattern)), will: false, client: triedClient(event) } };
    }
    case 'subscribe': {
      const problem = validateTopicFilter(topic);
      if (problem !== null) throw new CodedError('bad-input', problem.message, { advice: problem.advice });
      if (table.ofSubscribe(withoutShare(topic), clientId).length === 0) return { passedBy: `The filter ${topic} does not match ${pattern}.` };
      return { given: triedSubscription(event, parsePattern(pattern)) };
    }
    default: {
      if (table.ofClient(on, clientId).length === 0) return { passedBy: `The client id “${clientId}” does not match ${pattern}.` };
      const client = triedClient(event);
      return {
        given: on === 'connect' ? { client, cleanStart: true, keepAlive: 60, hasPassword: false, will: null } : { client, ended: 'client-said-goodbye' },
      };
    }
  }
}

type Came = Pick<TryResult, 'outcome' | 'message' | 'refusal'>;

function outcomeOf(running: RunningHandler, event: TriedEvent, answer: HandlerAnswer, sent: TriedMessage[]): Came {
  const { on, pattern } = running.handler;
  const came = (outcome: Came['outcome']): Came => ({ outcome, message: null, refusal: null });
  switch (answer.kind) {
    case 'nothing':
      return came('nothing');
    case 'drop':
      if (on !== 'publish') running.reject('Only a message can be dropped.');
      return came('dropped');
    case 'refuse': {
      const code = answer.code ?? defaultRefusal;
      if (on === 'subscribe' || on === 'disconnect') running.reject('Only a message or a client that connects can be refused.');
      else if (!(on === 'publish' ? pubackCodes : connackCodes).has(code))
        running.reject(`${on === 'publish' ? 'PUBACK' : 'CONNACK'} has no reason code 0x${code.toString(16)}.`);
      return { ...came('refused'), refusal: { code, reason: answer.reason } };
    }
    case 'change': {
      const changed = changedMessage(facts, messageOf(event), answer.parts);
      if (typeof changed === 'string') {
        running.reject(changed);
        return came('failed');
      }
      if (changed.about === '') return came('nothing');
      const { topic, payload, qos, retain } = changed.message;
      return { ...came('changed'), message: shown(topic, payload, qos, retain, null) };
    }
    case 'answers':
      for (const parts of answer.answers) {
        const made = subscribeAnswer(facts, { filter: event.topic, qos: event.qos, pattern: parsePattern(pattern), clientId: event.clientId }, parts);
        if (typeof made === 'string') running.reject(made);
        else sent.push(shown(made.topic, made.payload, made.qos, made.retain, event.clientId));
      }
      return came(answer.answers.length === 0 ? 'nothing' : 'answered');
  }
}

function messageOf({ topic, payload, qos, retain, clientId }: TriedEvent): Message {
  return new Message(topic, fromWirePayload(payload), qos, retain, null, clientId, Infinity);
}

function shown(topic: string, payload: Uint8Array, qos: TriedMessage['qos'], retain: boolean, to: string | null): TriedMessage {
  return { topic, payload: toWirePayload(payload.subarray(0, shownBytes)), qos, retain, to };
}
