import type { FaultAction, FaultProfile, FaultRule, FaultWhere } from './fault-rules.ts';

export const everyPacket: FaultWhere = { direction: 'both', from: 1, probability: 1, times: null };

const rule = (id: string, where: Partial<FaultWhere>, action: FaultAction): FaultRule => ({
  id,
  name: '',
  enabled: true,
  where: { ...everyPacket, ...where },
  action,
});
const publish = { packets: ['publish'] } as const;

/** What goes wrong on real desks. Their ids begin with `preset-`, which no profile of a user does. */
export const faultPresets: readonly FaultProfile[] = [
  {
    id: 'preset-wifi',
    name: 'Bad Wi-Fi',
    description: 'Packets take 80 to 400 ms, one in fifty is lost, and the connection breaks every two minutes.',
    seed: 1,
    rules: [
      rule('loss', { ...publish, probability: 0.02 }, { kind: 'drop' }),
      rule('delay', {}, { kind: 'delay', ms: 80, jitterMs: 320 }),
      rule('break', {}, { kind: 'disconnect', when: 'seconds', n: 120, ending: { how: 'reset' } }),
    ],
  },
  {
    id: 'preset-slow',
    name: 'Slow link',
    description: 'Like GPRS: 2,000 bytes a second each way, and 600 ms for every packet.',
    seed: 1,
    rules: [rule('delay', {}, { kind: 'delay', ms: 600, jitterMs: 200 }), rule('throttle', {}, { kind: 'throttle', bytesPerSecond: 2000 })],
  },
  {
    id: 'preset-lossy',
    name: 'Lossy',
    description:
      'One message in five is lost, one in ten comes twice, some overtake each other. Over TCP only a bad broker does that: it shows what QoS is for.',
    seed: 1,
    rules: [
      rule('drop', { ...publish, probability: 0.2 }, { kind: 'drop' }),
      rule('duplicate', { ...publish, probability: 0.1 }, { kind: 'duplicate', copies: 1 }),
      rule('reorder', { ...publish, probability: 0.1 }, { kind: 'reorder', after: 2, maxMs: 1000 }),
    ],
  },
  {
    id: 'preset-acks',
    name: 'Acknowledgements lost',
    description: 'Messages arrive, and PUBACK, PUBREC and PUBCOMP to the client never do.',
    seed: 1,
    rules: [rule('acks', { direction: 'out', packets: ['puback', 'pubrec', 'pubcomp'] }, { kind: 'drop' })],
  },
  {
    id: 'preset-frozen',
    name: 'Acknowledgements frozen',
    description: 'Every acknowledgement is kept back until you end it; then all of them come.',
    seed: 1,
    rules: [rule('acks', { direction: 'out' }, { kind: 'freeze' })],
  },
  {
    id: 'preset-hangs',
    name: 'Broker that hangs',
    description: 'The broker stops reading. The connection stays open, and nothing is answered, not even PINGREQ.',
    seed: 1,
    rules: [rule('hang', { direction: 'in' }, { kind: 'stop-reading' })],
  },
  {
    id: 'preset-half-open',
    name: 'Half-open connection',
    description: 'As if a router had forgotten it: whatever either side sends is lost, and nobody is told.',
    seed: 1,
    rules: [rule('silent', {}, { kind: 'silent' })],
  },
  {
    id: 'preset-restarts',
    name: 'Broker restart loop',
    description: 'Every client is disconnected at once and again ten seconds after each connect (MQTT 5: 0x8B, server shutting down).',
    seed: 1,
    rules: [
      rule('now', {}, { kind: 'disconnect', when: 'now', n: 0, ending: { how: 'reason', code: 0x8b } }),
      rule('again', {}, { kind: 'disconnect', when: 'seconds', n: 10, ending: { how: 'reason', code: 0x8b } }),
    ],
  },
  {
    id: 'preset-refuse',
    name: 'Refused: not authorised',
    description: 'CONNECT is answered with “not authorised” (0x87; 5 before MQTT 5).',
    seed: 1,
    rules: [rule('refuse', { direction: 'in' }, { kind: 'refuse', code3: 5, code5: 0x87 })],
  },
  {
    id: 'preset-busy',
    name: 'Broker busy',
    description: 'CONNECT is answered with “server busy” (0x89; 3 before MQTT 5) three times for each client, then it works.',
    seed: 1,
    rules: [rule('refuse', { direction: 'in', times: 3 }, { kind: 'refuse', code3: 3, code5: 0x89 })],
  },
  {
    id: 'preset-no-connack',
    name: 'No CONNACK',
    description: 'The connection is closed when CONNECT comes, without an answer.',
    seed: 1,
    rules: [rule('close', { direction: 'in' }, { kind: 'no-connack', reset: false })],
  },
  {
    id: 'preset-garbage',
    name: 'Damaged packets',
    description: 'One packet to clients in twenty has three wrong bits.',
    seed: 1,
    rules: [rule('corrupt', { direction: 'out', probability: 0.05 }, { kind: 'corrupt', unit: 'bits', count: 3, part: 'body' })],
  },
];

export const isPreset = ({ id }: { readonly id: string }): boolean => id.startsWith('preset-');
