import { describe, expect, it } from 'vitest';
import { brokerLimitsSchema } from '../../../../shared/contract/broker-limits.ts';
import { defaultBrokerLimits, type BrokerLimits } from '../../../../shared/mqtt/broker-limits.ts';
import { checkLimits, features, limitsOf, limitWords, numberGroups, shownValue, withNumber, type NumberLimit } from './limit-fields.ts';

const numbers = numberGroups.flatMap(({ limits }) => limits);
const limit = (key: string): NumberLimit => numbers.find((one) => one.key === key) as NumberLimit;

describe('every limit of the broker', () => {
  it('has one field', () => {
    const shown = [...numbers.map(({ key }) => key), ...features.map(({ key }) => key), 'maximumQos', 'responseInformation', 'whenTooFast'];
    expect(shown.toSorted()).toEqual(Object.keys(defaultBrokerLimits).toSorted());
  });

  it.each(numbers)('$key is taken by the broker within its bounds, and refused by its field outside', (field) => {
    const { key, min, max } = field;
    for (const value of [min, max]) {
      const draft = withNumber(defaultBrokerLimits, field, value);
      expect(checkLimits(draft)).toEqual({});
      expect(brokerLimitsSchema.safeParse(limitsOf(draft)).success).toBe(true);
      expect(shownValue(field, limitsOf(draft))).toBe(value);
    }
    for (const value of [min - 1, max + 1]) expect(checkLimits(withNumber(defaultBrokerLimits, field, value))[key]).toContain(`from ${min} to ${max}`);
    const empty = checkLimits(withNumber(defaultBrokerLimits, field, null))[key];
    if (field.empty === undefined) expect(empty).toContain(`from ${min} to ${max}`);
    else expect(empty).toBeUndefined();
  });
});

describe('response information', () => {
  it('is no filter', () => expect(checkLimits({ ...defaultBrokerLimits, responseInformation: 'answers/#' }).responseInformation).toContain('neither + nor #'));
  it('is none when it is empty', () => expect(limitsOf({ ...defaultBrokerLimits, responseInformation: '' }).responseInformation).toBeNull());
});

describe('in words', () => {
  const words = (change: Partial<BrokerLimits>): readonly string[] => limitWords({ ...defaultBrokerLimits, ...change });

  it('says nothing of what is as usual', () => expect(words({})).toEqual([]));
  it('names what is missing or other', () => {
    expect(words({ maximumQos: 1, retainAvailable: false, receiveMaximum: 5, maximumKeepAliveSeconds: 60, responseInformation: 'answers/' })).toEqual([
      'QoS up to 1',
      'no retained messages',
      'receive maximum 5',
      'longest keep-alive 60 s',
      'response topics below answers/',
    ]);
  });
  it('says what becomes of who is too fast only where that can be', () => {
    expect(words({ whenTooFast: 'wait' })).toEqual([]);
    expect(words({ messagesPerSecond: 10, whenTooFast: 'wait' })).toEqual(['messages per second 10', 'who is too fast waits']);
  });
  it('counts in the unit of the field', () => {
    expect(limitWords(limitsOf(withNumber(defaultBrokerLimits, limit('maximumQueuedBytes'), 8)))).toEqual(['queued bytes 8 MiB']);
  });
});
