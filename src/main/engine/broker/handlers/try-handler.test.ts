import { afterAll, expect, it } from 'vitest';
import type { BrokerHandler, TriedEvent } from '../../../../shared/contract/broker-handlers.ts';
import { createScripts } from '../../scripts/index.ts';
import { tryHandler } from './try-handler.ts';

const scripts = createScripts({
  onBug: (error) => {
    throw error;
  },
});
afterAll(() => scripts.close());

const handler = (source: string, part: Partial<BrokerHandler> = {}): BrokerHandler => ({
  ...{
    id: 'one',
    name: 'one',
    on: 'publish',
    pattern: 'a/{x}',
    match: 'text',
    enabled: false,
    observe: false,
    stop: false,
    timeoutMs: 5000,
    failure: 'through',
  },
  source,
  ...part,
});
const event: TriedEvent = { clientId: 'dev', username: 'alice', topic: 'a/b', payload: { text: '{"n":1}' }, qos: 1, retain: false };
const nothing = { passedBy: null, message: null, refusal: null, sent: [], error: null, console: [], state: '{}' };

it('shows what would become of a message, without sending anything', async () => {
  const source = `export const handle = async (message) => {
    log('hello', message.client.username, message.captures.x);
    await publish('elsewhere', { ok: true }, { qos: 2, retain: true });
    await message.reply('thanks');
    state.n = message.json.n;
    return { topic: 'c', payload: new Uint8Array([255]), qos: 0 };
  };`;
  expect(await tryHandler(scripts, handler(source), event, '{}')).toMatchObject({
    ...nothing,
    outcome: 'changed',
    message: { topic: 'c', payload: { base64: '/w==' }, qos: 0, retain: false, to: null },
    sent: [
      { topic: 'elsewhere', payload: { text: '{"ok":true}' }, qos: 2, retain: true, to: null },
      { topic: 'a/b', payload: { text: 'thanks' }, qos: 0, retain: false, to: 'dev' },
    ],
    console: ['hello alice b'],
    state: '{"n":1}',
  });
});

it.each<readonly [what: string, source: string, part: Partial<BrokerHandler>, result: object]>([
  ['nothing', 'export const handle = () => {};', {}, { outcome: 'nothing' }],
  ['drop', 'export const handle = () => drop();', {}, { outcome: 'dropped' }],
  ['refuse', "export const handle = () => refuse('no', 0x97);", {}, { outcome: 'refused', refusal: { code: 0x97, reason: 'no' } }],
  ['refuse wrongly', "export const handle = () => refuse('no', 0x10);", {}, { outcome: 'failed', error: { message: 'PUBACK has no reason code 0x10.' } }],
  ['pass by', 'export const handle = () => drop();', { pattern: 'b' }, { outcome: 'nothing', passedBy: 'The topic a/b does not match b.' }],
  ['fail', "\nexport const handle = () => {\n  throw new Error('oh');\n};", {}, { outcome: 'failed', error: { message: 'oh', line: 3 } }],
  ['load', 'export const handle = (;', {}, { outcome: 'failed', error: { line: 1 } }],
  [
    'answer',
    "export const handle = ({ captures }) => captures.x + '!';",
    { on: 'subscribe' },
    { outcome: 'answered', sent: [{ topic: 'a/b', payload: { text: 'b!' }, to: 'dev' }] },
  ],
  ['let in', 'export const handle = () => true;', { on: 'connect', pattern: 'd*' }, { outcome: 'nothing' }],
  ['keep out', 'export const handle = () => false;', { on: 'connect', pattern: '' }, { outcome: 'refused', refusal: { code: 0x87, reason: '' } }],
  [
    'look on',
    "export const handle = ({ ended }) => publish('bye', ended);",
    { on: 'disconnect', pattern: '*' },
    { outcome: 'answered', sent: [{ topic: 'bye' }] },
  ],
])('%s', async (_what, source, part, result) => {
  expect(await tryHandler(scripts, handler(source, part), event, '{}')).toMatchObject({ ...nothing, ...result });
});
