import type { BrokerHandler } from '../../../../shared/contract/broker-handlers.ts';

/** What a new handler begins with. */
export type HandlerTemplate = Pick<BrokerHandler, 'name' | 'on' | 'pattern' | 'source'> & Partial<BrokerHandler> & { readonly about: string };

export const templates: readonly HandlerTemplate[] = [
  {
    ...{ name: 'Answer a subscription', about: 'a payload for whoever subscribes', on: 'subscribe', pattern: 'lab/hello' },
    source: `// What it returns goes to the client that subscribes, alone, on its filter as topic.
/** @type {OnSubscribe} */
export const handle = ({ client, filter }) => {
  log(client.id, 'subscribes to', filter);
  return \`Hello, \${client.id}\`;
};
`,
  },
  {
    ...{ name: 'Send a configuration', about: 'to each device its own', on: 'subscribe', pattern: 'config/{client}' },
    source: `/** @type {OnSubscribe} */
export const handle = ({ client, captures }) => {
  state.asked = (state.asked ?? 0) + 1;
  return { payload: { device: captures.client, interval: 5, asked: state.asked }, qos: 1 };
};
`,
  },
  {
    ...{ name: 'Echo', about: 'every message back to its publisher', on: 'publish', pattern: 'lab/echo/#', observe: true },
    source: `/** @type {OnPublish} */
export const handle = async (message) => {
  await message.reply(message.bytes);
};
`,
  },
  {
    ...{ name: 'Log messages', about: 'into the console; nothing waits', on: 'publish', pattern: 'lab/#', observe: true },
    source: `/** @type {OnPublish} */
export const handle = ({ client, topic, text }) => {
  log(client.id ?? 'workbench', topic, text);
};
`,
  },
  {
    ...{ name: 'Convert values', about: 'another topic and payload', on: 'publish', pattern: 'raw/{device}/temperature' },
    source: `// Tenths of a degree become JSON on a topic of their own.
/** @type {OnPublish} */
export const handle = ({ text, captures }) => {
  const tenths = Number(text);
  if (Number.isNaN(tenths)) return refuse('The payload is no number.', 0x99);
  return { topic: \`lab/\${captures.device}/temperature\`, payload: { celsius: tenths / 10, at: now() } };
};
`,
  },
  {
    ...{ name: 'Drop messages', about: 'every third one is lost', on: 'publish', pattern: 'lab/lossy/#' },
    source: `// Acknowledged as if it had been delivered.
/** @type {OnPublish} */
export const handle = () => {
  state.count = (state.count ?? 0) + 1;
  if (state.count % 3 === 0) return drop();
};
`,
  },
  {
    ...{ name: 'Refuse clients', about: 'by client id, with a reason', on: 'connect', pattern: 'old-*' },
    source: `/** @type {OnConnect} */
export const handle = ({ client }) => refuse(\`\${client.id} has firmware that is too old\`, 0x87);
`,
  },
  {
    ...{ name: 'Tell who leaves', about: 'publishes what a client was', on: 'disconnect', pattern: '*' },
    source: `/** @type {OnDisconnect} */
export const handle = async ({ client, ended }) => {
  await publish(\`lab/clients/\${client.id}\`, { ended, at: now() }, { retain: true });
};
`,
  },
];

const settings = { match: 'text', enabled: true, observe: false, stop: false, timeoutMs: 1000, failure: 'through' } as const;

/** A handler of a template, with a name that none of the others has. */
export function fromTemplate({ about: _about, ...part }: HandlerTemplate, id: string, names: ReadonlySet<string>): BrokerHandler {
  let { name } = part;
  for (let number = 2; names.has(name); number += 1) name = `${part.name} ${number}`;
  return { ...settings, ...part, name, id };
}
