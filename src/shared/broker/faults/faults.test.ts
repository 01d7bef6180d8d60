import { describe, expect, it } from 'vitest';
import { faultProfileSchema } from '../../contract/broker-faults.ts';
import { faultPresets, everyPacket } from './fault-presets.ts';
import { cutsConnections, matchesPattern, type FaultRule } from './fault-rules.ts';
import { actionWords, ruleName, scopeWords, whereWords } from './fault-words.ts';
import { mqttdKeyTable, readMqttdConfig, writeMqttdConfig, type MqttdKeys } from './mqttd-keys.ts';

describe('a pattern for client ids', () => {
  it.each([
    ['*', '', true],
    ['a*c', 'abbbc', true],
    ['a*c', 'abbbcd', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*sensor*', 'my-sensor-1', true],
    ['', '', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
    ['**', 'x', true],
  ])('%s and “%s”', (pattern, text, matches) => expect(matchesPattern(pattern, text)).toBe(matches));

  it('is decided in no time, whatever it is', () => {
    const began = performance.now();
    expect(matchesPattern('*a'.repeat(300), 'a'.repeat(3000) + 'b')).toBe(false);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe('presets', () => {
  it('are profiles that the contract takes, each with words', () => {
    for (const profile of faultPresets) {
      expect(faultProfileSchema.parse(profile)).toEqual(profile);
      for (const rule of profile.rules) {
        expect(ruleName(rule)).not.toBe('');
        expect(whereWords(rule)).not.toContain('undefined');
      }
    }
    expect(new Set(faultPresets.map(({ name }) => name)).size).toBe(faultPresets.length);
  });

  it('say which of them cut connections', () => {
    expect(faultPresets.filter(cutsConnections).map(({ name }) => name)).toEqual([
      'Bad Wi-Fi',
      'Acknowledgements frozen',
      'Broker that hangs',
      'Half-open connection',
      'Broker restart loop',
      'Refused: not authorised',
      'Broker busy',
      'No CONNACK',
    ]);
    expect(cutsConnections({ rules: [], keys: { dialect: 'c' } })).toBe(true);
  });
});

it('has words for what a rule does and where', () => {
  expect(actionWords({ kind: 'delay', ms: 100, jitterMs: 50 })).toBe('delay by 100 to 150 ms');
  expect(actionWords({ kind: 'corrupt', unit: 'bits', count: 1, part: 'body' })).toBe('corrupt 1 bit of the body');
  expect(actionWords({ kind: 'refuse', code3: 5, code5: 0x87 })).toContain('not allowed');
  expect(actionWords({ kind: 'disconnect', when: 'seconds', n: 10, ending: { how: 'reset' } })).toBe('reset the connection (RST) 10 s after it connected');
  const rule = (where: Partial<FaultRule['where']>): FaultRule => ({
    id: 'r',
    name: '',
    enabled: true,
    where: { ...everyPacket, ...where },
    action: { kind: 'drop' },
  });
  expect(whereWords(rule({ topic: 'a/#', from: 22, probability: 0.125, times: 3, direction: 'out', packets: ['publish'] }))).toBe(
    'PUBLISH to clients of a/# from the 22nd on with a chance of 12.5 % at most 3 × for each client',
  );
  expect([1, 2, 3, 4, 11, 12, 13, 101].map((from) => whereWords(rule({ from })))).toEqual(
    ['', ' from the 2nd on', ' from the 3rd on', ' from the 4th on', ' from the 11th on', ' from the 12th on', ' from the 13th on', ' from the 101st on'].map(
      (end) => `every packet${end}`,
    ),
  );
  expect(scopeWords({ kind: 'client', clientId: 'x*' })).toBe('client x*');
});

describe('the config file of mqttd', () => {
  const all: MqttdKeys = {
    dialect: 'c',
    version: 5,
    publishBeforeSuback: true,
    shortPublish: true,
    errorConnack: 5,
    excessiveRemaining: true,
    remlenConnack: 3,
    pingrespAsConnack: true,
    disconnectMalformed: true,
    testnum: 1190,
  };

  it('is written with every key, and read back', () => {
    const text = writeMqttdConfig(all);
    expect(text.split('\n')).toHaveLength(mqttdKeyTable.length + 1);
    expect(readMqttdConfig(text, 'c')).toEqual({ keys: all, findings: [] });
    expect(writeMqttdConfig({ dialect: 'python' })).toBe('');
  });

  it('is read as the C server does: two words of 31 characters, no comments, bytes, values of flags passed by', () => {
    const read = (text: string) => readMqttdConfig(text, 'c');
    expect(read('short-PUBLISH')).toEqual({ keys: { dialect: 'c' }, findings: [{ line: 1, message: expect.stringContaining('no second word') }] });
    expect(read('\t short-PUBLISH \t FALSE  more\r\n\r\n')).toEqual({
      keys: { dialect: 'c', shortPublish: true },
      findings: [{ line: 1, message: expect.stringContaining('does not look at the value') }],
    });
    expect(read('error-CONNACK 300').keys).toEqual({ dialect: 'c', errorConnack: 44 });
    expect(read('error-CONNACK x').keys).toEqual({ dialect: 'c', errorConnack: 0 });
    expect(read('error-CONNACK 5x').keys).toEqual({ dialect: 'c', errorConnack: 5 });
    expect(read('Testnum 100000').keys).toEqual({ dialect: 'c', testnum: 100_000 });
    // A comment is a key that nobody knows.
    expect(read('# short-PUBLISH TRUE').keys).toEqual({ dialect: 'c' });
    expect(read('short-publish TRUE').findings).toEqual([{ line: 1, message: expect.stringContaining('does not know') }]);
    // The rest of a word that is too long is the second one.
    expect(read(`${'x'.repeat(31)}short-PUBLISH`).findings).toEqual([{ line: 1, message: expect.stringContaining('31 characters') }]);
    expect(read('').findings).toEqual([]);
  });

  it('is read as the server in Python does: comments, flags alone, and nothing is forgotten', () => {
    const first = readMqttdConfig('# all of it\nshort-PUBLISH\nPUBLISH-before-SUBACK TRUE\nerror-CONNACK 300\n', 'python');
    expect(first).toEqual({ keys: { dialect: 'python', shortPublish: true, publishBeforeSuback: true, errorConnack: 300 }, findings: [] });
    expect(readMqttdConfig('', 'python', first.keys).keys).toEqual(first.keys);
    expect(readMqttdConfig('', 'c', first.keys).keys).toEqual({ dialect: 'c' });
    expect(readMqttdConfig('remlen-CONNACK 3\nexcessive-remaining\nerror-CONNACK many', 'python')).toEqual({
      keys: { dialect: 'python', excessiveRemaining: true },
      findings: [
        { line: 1, message: expect.stringContaining('does not know') },
        { line: 2, message: expect.stringContaining('no effect') },
        { line: 3, message: expect.stringContaining('needs a number') },
      ],
    });
  });

  it('holds whatever a file holds', () => {
    for (const text of ['\0\0\0', '\uFEFFshort-PUBLISH TRUE', ' '.repeat(100_000), 'a b\n'.repeat(20_000), '💥 💥', 'error-CONNACK 99999999999999999999']) {
      for (const dialect of ['c', 'python'] as const) expect(() => readMqttdConfig(text, dialect)).not.toThrow();
    }
    expect(readMqttdConfig('\uFEFFshort-PUBLISH TRUE', 'c').keys.shortPublish).toBe(true);
  });
});
