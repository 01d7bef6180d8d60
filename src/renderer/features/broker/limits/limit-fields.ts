import { defaultBrokerLimits, type BrokerLimits } from '../../../../shared/mqtt/broker-limits.ts';

type Key<V> = { [K in keyof BrokerLimits]: BrokerLimits[K] extends V ? (V extends BrokerLimits[K] ? K : never) : never }[keyof BrokerLimits];
export type FeatureKey = Key<boolean>;
type NumberKey = Exclude<Key<number> | Key<number | null>, 'maximumQos'>;

export const features: readonly { readonly key: FeatureKey; readonly label: string; readonly missing: string }[] = [
  { key: 'retainAvailable', label: 'Retained messages', missing: 'no retained messages' },
  { key: 'wildcardSubscriptionAvailable', label: 'Wildcard subscriptions', missing: 'no wildcards' },
  { key: 'sharedSubscriptionAvailable', label: 'Shared subscriptions', missing: 'no shared subscriptions' },
  { key: 'subscriptionIdentifierAvailable', label: 'Subscription identifiers', missing: 'no subscription identifiers' },
];

export interface NumberLimit {
  readonly key: NumberKey;
  /** As MQTT 5 calls it, where it has a name for it. */
  readonly label: string;
  readonly hint: string;
  /** In the unit shown. */
  readonly min: number;
  readonly max: number;
  readonly unit?: string;
  /** What one of the shown unit is in the value kept. */
  readonly factor?: number;
  /** What an empty field means; without it the field may not be empty. */
  readonly empty?: string;
}

const mebibyte = 1_048_576;
const upToAMillion = { min: 1, max: 1_000_000, empty: 'any' } as const;

/** What happens to a client that publishes faster than it may. */
export const tooFastWords: Readonly<Record<BrokerLimits['whenTooFast'], { readonly label: string; readonly detail: string }>> = {
  disconnect: { label: 'Disconnected', detail: '0x96 in MQTT 5' },
  wait: { label: 'Slowed down', detail: 'not read from meanwhile' },
};

export const numberGroups: readonly { readonly title: string; readonly limits: readonly NumberLimit[] }[] = [
  {
    title: 'Told to clients of MQTT 5',
    limits: [
      { key: 'maximumPacketBytes', label: 'Maximum packet size', hint: 'Larger packets end the connection.', min: 64, max: 268_435_455, unit: 'bytes' },
      { key: 'receiveMaximum', label: 'Receive maximum', hint: 'Publications of QoS 1 and 2 under way at once.', min: 1, max: 65_535 },
      { key: 'topicAliasMaximum', label: 'Topic alias maximum', hint: '0: no topic aliases.', min: 0, max: 65_535 },
      { key: 'maximumKeepAliveSeconds', label: 'Longest keep-alive', hint: 'Empty: what the client asks for.', min: 1, max: 65_535, unit: 's', empty: 'any' },
      {
        key: 'maximumSessionExpirySeconds',
        label: 'Longest session expiry',
        hint: 'Empty: what the client asks for.',
        min: 1,
        max: 4_294_967_294,
        unit: 's',
        empty: 'any',
      },
    ],
  },
  {
    title: 'Held for clients of every version',
    limits: [
      { key: 'maximumSessions', label: 'Sessions', hint: 'Further clients are refused.', min: 1, max: 1_000_000 },
      { key: 'maximumSubscriptions', label: 'Subscriptions', hint: 'Of one client; further ones are refused.', min: 1, max: 1_000_000 },
      { key: 'maximumQueuedMessages', label: 'Queued messages', hint: 'For one client; then new ones are dropped.', min: 0, max: 10_000_000 },
      {
        key: 'maximumQueuedBytes',
        label: 'Queued bytes',
        hint: 'For one client; then new ones are dropped.',
        min: 0,
        max: 4096,
        unit: 'MiB',
        factor: mebibyte,
      },
      { key: 'maximumRetainedMessages', label: 'Retained messages kept', hint: 'Further ones are only delivered.', min: 0, max: 10_000_000 },
      {
        key: 'maximumRetainedBytes',
        label: 'Retained bytes kept',
        hint: 'Then new ones are only delivered.',
        min: 0,
        max: 16_384,
        unit: 'MiB',
        factor: mebibyte,
      },
    ],
  },
  {
    title: 'Held against too much',
    limits: [
      { key: 'maximumConnections', label: 'Connected clients', hint: 'Further ones: 0x89, in 3.x code 3.', ...upToAMillion },
      { key: 'maximumConnectionsPerAddress', label: 'Connected clients of one address', hint: 'Further ones: 0x9F, in 3.x code 3.', ...upToAMillion },
      { key: 'connectsPerSecond', label: 'New clients per second', hint: 'Further ones: 0x9F, in 3.x code 3.', ...upToAMillion },
      { key: 'messagesPerSecond', label: 'Messages per second', hint: 'Of one client.', ...upToAMillion },
      { key: 'subscriptionsPerMinute', label: 'Subscriptions per minute', hint: 'Of one connection. Further ones: 0x97, in 3.1.1 0x80.', ...upToAMillion },
      {
        key: 'maximumPayloadBytes',
        label: 'Largest payload',
        hint: 'Larger ones go nowhere: 0x97 for QoS 1 and 2.',
        min: 0,
        max: 268_435_455,
        unit: 'bytes',
        empty: 'any',
      },
    ],
  },
];

const allNumbers = numberGroups.flatMap(({ limits }) => limits);

/** The number in the field of a limit; `null` for an empty one. */
export function shownValue({ key, factor = 1 }: NumberLimit, limits: BrokerLimits): number | null {
  const value = limits[key];
  return value === null ? null : value / factor;
}

export type LimitsDraft = { readonly [K in keyof BrokerLimits]: K extends NumberKey ? number | null : BrokerLimits[K] };

export function withNumber(draft: LimitsDraft, { key, factor = 1 }: NumberLimit, shown: number | null): LimitsDraft {
  return { ...draft, [key]: shown === null ? null : Math.round(shown * factor) };
}

/** What is wrong with each field. */
export function checkLimits(draft: LimitsDraft): Readonly<Partial<Record<keyof BrokerLimits, string>>> {
  const problems: Partial<Record<keyof BrokerLimits, string>> = {};
  for (const { key, min, max, factor = 1, empty, unit } of allNumbers) {
    const value = draft[key];
    if (value === null ? empty === undefined : value < min * factor || value > max * factor) {
      problems[key] = `Enter a number from ${min} to ${max}${unit === undefined ? '' : ` ${unit}`}${empty === undefined ? '' : ', or nothing'}.`;
    }
  }
  if (draft.responseInformation !== null && /[+#\0]/.test(draft.responseInformation)) {
    problems.responseInformation = 'It begins topics, so it has neither + nor #.';
  }
  return problems;
}

/** Only for a draft without problems. */
export function limitsOf(draft: LimitsDraft): BrokerLimits {
  return { ...draft, responseInformation: draft.responseInformation === '' ? null : draft.responseInformation } as BrokerLimits;
}

/** What differs from the defaults, in a few words each. */
export function limitWords(limits: BrokerLimits): readonly string[] {
  const words: string[] = [];
  if (limits.maximumQos !== defaultBrokerLimits.maximumQos) words.push(`QoS up to ${limits.maximumQos}`);
  for (const { key, missing } of features) if (!limits[key]) words.push(missing);
  for (const limit of allNumbers) {
    if (limits[limit.key] === defaultBrokerLimits[limit.key]) continue;
    const shown = shownValue(limit, limits);
    words.push(`${limit.label.toLowerCase()} ${shown === null ? limit.empty : shown}${limit.unit === undefined || shown === null ? '' : ` ${limit.unit}`}`);
  }
  if (limits.messagesPerSecond !== null && limits.whenTooFast === 'wait') words.push('who is too fast waits');
  if (limits.responseInformation !== null) words.push(`response topics below ${limits.responseInformation}`);
  return words;
}
