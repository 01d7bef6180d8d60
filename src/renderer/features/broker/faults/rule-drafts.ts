import { everyPacket } from '../../../../shared/broker/faults/fault-presets.ts';
import type { FaultAction, FaultPacket, FaultProfile, FaultRule } from '../../../../shared/broker/faults/fault-rules.ts';
import { packetType } from '../../../../shared/mqtt/packet/packet-type.ts';
import { describeReason } from '../../../../shared/mqtt/reason-codes.ts';
import { validateTopicFilter } from '../../../../shared/mqtt/topic-filter.ts';

export type ActionKind = FaultAction['kind'];

/** What each kind is to begin with. */
const first: { readonly [K in ActionKind]: Extract<FaultAction, { readonly kind: K }> } = {
  delay: { kind: 'delay', ms: 200, jitterMs: 0 },
  drop: { kind: 'drop' },
  duplicate: { kind: 'duplicate', copies: 1 },
  reorder: { kind: 'reorder', after: 1, maxMs: 1000 },
  corrupt: { kind: 'corrupt', unit: 'bits', count: 1, part: 'body' },
  throttle: { kind: 'throttle', bytesPerSecond: 1000 },
  freeze: { kind: 'freeze' },
  disconnect: { kind: 'disconnect', when: 'packets', n: 10, ending: { how: 'close' } },
  refuse: { kind: 'refuse', code3: 5, code5: 0x87 },
  'no-connack': { kind: 'no-connack', reset: false },
  silent: { kind: 'silent' },
  'stop-reading': { kind: 'stop-reading' },
};

export const actionOptions: readonly { readonly value: ActionKind; readonly label: string; readonly detail: string }[] = [
  { value: 'delay', label: 'Delay', detail: 'later, in order' },
  { value: 'drop', label: 'Drop', detail: 'it never arrives' },
  { value: 'duplicate', label: 'Duplicate', detail: 'it arrives again' },
  { value: 'reorder', label: 'Reorder', detail: 'others overtake it' },
  { value: 'corrupt', label: 'Corrupt', detail: 'wrong bits or bytes' },
  { value: 'throttle', label: 'Throttle', detail: 'so many bytes a second' },
  { value: 'freeze', label: 'Freeze acknowledgements', detail: 'until the fault ends' },
  { value: 'disconnect', label: 'Force a disconnect', detail: 'now, after packets or time' },
  { value: 'refuse', label: 'Refuse CONNECT', detail: 'CONNACK with a code' },
  { value: 'no-connack', label: 'Close without CONNACK', detail: 'no answer to CONNECT' },
  { value: 'silent', label: 'Half-open', detail: 'nothing crosses any more' },
  { value: 'stop-reading', label: 'Stop reading', detail: 'the broker hangs' },
];

export const newRule = (id: string): FaultRule => ({ id, name: '', enabled: true, where: everyPacket, action: first.delay });

/** The rule with another kind of action: which packets it is about stays. */
export const withKind = (rule: FaultRule, kind: ActionKind): FaultRule => (rule.action.kind === kind ? rule : { ...rule, action: first[kind] });

export const packetNames = Object.keys(packetType) as readonly FaultPacket[];

/** Which fields of `where` mean something for this action. */
export function whereFields({ kind, ...action }: FaultAction): { readonly packets: boolean; readonly direction: boolean; readonly chance: boolean } {
  if (kind === 'refuse' || kind === 'no-connack') return { packets: false, direction: false, chance: true };
  if (kind === 'disconnect') {
    const { when } = action as Extract<FaultAction, { kind: 'disconnect' }>;
    return { packets: when === 'packets', direction: when === 'packets', chance: false };
  }
  return { packets: true, direction: true, chance: kind !== 'throttle' };
}

/** CONNACK codes that mean the same in 3.x and MQTT 5 (§3.2.2.2). */
export const refusalOptions = (
  [
    [5, 0x87],
    [4, 0x86],
    [3, 0x88],
    [3, 0x89],
    [2, 0x85],
    [1, 0x84],
    [5, 0x8a],
    [5, 0x8c],
    [3, 0x97],
    [3, 0x9f],
    [3, 0x9c],
    [3, 0x80],
  ] as const
).map(([code3, code5]) => ({ value: `${code3} ${code5}`, code3, code5, label: describeReason(code5), detail: `3.x: ${code3}` }));

export const endingOptions = [
  { value: 'close', label: 'Close the connection' },
  { value: 'reset', label: 'Reset it (RST)' },
  ...[0x8b, 0x89, 0x98, 0x8d, 0x8e, 0x87, 0x93, 0x95, 0x96, 0x97, 0x9c, 0x9d, 0xa0, 0x80, 0x00].map((code) => ({
    value: String(code),
    label: code === 0 ? 'DISCONNECT without a reason [Normal disconnection]' : `DISCONNECT: ${describeReason(code)}`,
  })),
];

/** What is wrong with a topic filter of a rule; `undefined`: nothing. */
export function topicProblem(topic: string | undefined): string | undefined {
  if (topic === undefined) return undefined;
  if (topic.startsWith('$share/')) return 'A rule is about topics, not about a shared subscription.';
  return validateTopicFilter(topic)?.message;
}

export interface ProfileProblems {
  readonly name?: string;
  /** A rule that cannot be saved, by its id. */
  readonly rule?: string;
}

export function checkProfile({ name, rules }: FaultProfile): ProfileProblems {
  const wrong = rules.find(({ where }) => topicProblem(where.topic) !== undefined);
  return { ...(name.trim() === '' ? { name: 'Give it a name.' } : {}), ...(wrong === undefined ? {} : { rule: wrong.id }) };
}
