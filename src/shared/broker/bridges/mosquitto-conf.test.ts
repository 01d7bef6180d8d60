import { describe, expect, test } from 'vitest';
import { readMosquittoConf } from './read-mosquitto-conf.ts';
import { writeMosquittoConf } from './write-mosquitto-conf.ts';

let ids = 0;
const read = (text: string): ReturnType<typeof readMosquittoConf> => readMosquittoConf(text, () => `id-${(ids += 1)}`);

const conf = `
# of a gateway
listener 1883
allow_anonymous true

connection cloud one
address broker.example:8883 backup.example
bridge_cafile /etc/ca.pem
bridge_protocol_version mqttv50
cleansession false
remote_clientid gw-1
remote_username gw
remote_password s3cret
try_private false
keepalive_interval 30
topic sensors/# out 1 lab/ site/a/
topic # in 2 orders/ site/a/orders/
topic "" both 0 one/topic another/topic
topic plain
topic a/#/b out 0
topic x sideways 0
notifications false
made_up 1

connection second
address 192.0.2.1
topic # both 2
start_type lazy
bridge_outgoing_retain false

connection nowhere
topic # out
`;

describe('a mosquitto.conf', () => {
  test('is read with all that its bridges have, and what cannot be carried over is named with its line', () => {
    const { bridges, notes } = read(conf);
    expect(bridges.map(({ bridge, password }) => [bridge.name, bridge.remote, bridge.version, password])).toEqual([
      ['cloud one', { kind: 'address', uri: 'mqtts://broker.example', verify: 'required', ca: '' }, '5', 's3cret'],
      ['second', { kind: 'address', uri: 'mqtt://192.0.2.1', verify: 'required', ca: '' }, '3.1.1', null],
    ]);
    expect(bridges[0]?.bridge).toMatchObject({ clientId: 'gw-1', username: 'gw', tryPrivate: false, keepAliveSeconds: 30, cleanStart: false, autoStart: true });
    expect(bridges[0]?.bridge.rules).toEqual([
      { direction: 'out', filter: 'sensors/#', qos: 1, localPrefix: 'lab/', remotePrefix: 'site/a/', retain: 'keep' },
      { direction: 'in', filter: '#', qos: 2, localPrefix: 'orders/', remotePrefix: 'site/a/orders/', retain: 'keep' },
      { direction: 'both', filter: '', qos: 0, localPrefix: 'one/topic', remotePrefix: 'another/topic', retain: 'keep' },
      { direction: 'out', filter: 'plain', qos: 0, localPrefix: '', remotePrefix: '', retain: 'keep' },
    ]);
    expect(bridges[1]?.bridge).toMatchObject({ autoStart: false, rules: [{ retain: 'clear' }] });
    expect(bridges[0]?.notes.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      expect.stringMatching(/^7: Only the first address/),
      expect.stringMatching(/^8: “bridge_cafile” is not carried over. Paste/),
      expect.stringMatching(/^20: The rule is left out/),
      expect.stringMatching(/^21: “sideways” is no direction/),
      expect.stringMatching(/^22: “notifications”/),
      '23: “made_up” is not carried over.',
    ]);
    expect(notes).toEqual([
      { line: 1, message: '2 lines that are not about bridges were passed over.' },
      { line: 31, message: 'The bridge “nowhere” is left out: it has no address.' },
    ]);
  });

  test('that was written is read as the same bridges', () => {
    const bridges = read(conf).bridges.map(({ bridge }) => bridge);
    const written = writeMosquittoConf(
      bridges.map((bridge) => ({
        bridge,
        uri: bridge.remote.kind === 'address' ? bridge.remote.uri : null,
        username: bridge.username,
        version: bridge.version,
      })),
    );
    const again = read(written.text).bridges.map(({ bridge }) => bridge);
    expect(again.map((bridge) => ({ ...bridge, id: '', clientId: '' }))).toEqual(bridges.map((bridge) => ({ ...bridge, id: '', clientId: '' })));
    expect(written.text).not.toContain('s3cret');
    expect(written.notes).toEqual(['“cloud one”: its password is not in the file: add “remote_password …”.']);
  });

  test('cannot say everything: that is told, and nothing slips in as another line', () => {
    const [first] = read(conf).bridges;
    if (!first) throw new Error();
    const bridge = { ...first.bridge, name: 'a\nallow_anonymous true', rules: [{ ...first.bridge.rules[0]!, filter: 'with space/#' }] };
    const about = { username: '', version: '5' } as const;
    const { text, notes } = writeMosquittoConf([
      { bridge, uri: 'mqtt://h', ...about },
      { bridge, uri: 'ws://h/mqtt', ...about },
      { bridge, uri: null, ...about },
    ]);
    expect(text.split('\n')[0]).toBe('connection a allow_anonymous true');
    expect(text).not.toContain('topic');
    expect(notes.map((note) => /spaces|WebSocket|not known/.exec(note)?.[0])).toEqual(['spaces', 'WebSocket', 'not known']);
  });

  test('of any kind does no harm', () => {
    for (const text of [
      '',
      'topic # out',
      'connection',
      'connection x',
      `connection x\naddress ${'a'.repeat(5000)}\ntopic #`,
      '\0\n\xff',
      'connection x\naddress h:99999\ntopic #',
    ])
      expect(read(text).bridges).toEqual([]);
    const many = Array.from({ length: 150 }, (_, at) => `connection c${at}\naddress h\ntopic #`).join('\n');
    expect(read(many).bridges).toHaveLength(100);
  });
});
