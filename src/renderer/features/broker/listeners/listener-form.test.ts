import { describe, expect, it } from 'vitest';
import { listenerOptionsSchema, type ListenerOptions } from '../../../../shared/contract/listeners.ts';
import { checkForm, exampleCommands, formOf, optionsOf, otherPort, type ListenerForm } from './listener-form.ts';

const form = (change: Partial<ListenerForm> = {}): ListenerForm => ({
  ...formOf({ engine: 'workbench', persistence: 'memory', host: '127.0.0.1', tcpPort: 1883, webSocketPort: 8083 }),
  ...change,
});

describe('listener form', () => {
  it('round-trips settings', () => {
    expect(optionsOf(form())).toEqual({ engine: 'workbench', persistence: 'memory', host: '127.0.0.1', tcpPort: 1883, webSocketPort: 8083 });
    expect(optionsOf(formOf({ engine: 'aedes', persistence: 'file', host: 'h', tcpPort: 0, webSocketPort: null }))).toEqual({
      engine: 'aedes',
      persistence: 'file',
      host: 'h',
      tcpPort: 0,
      webSocketPort: null,
    });
  });
  it.each([
    [{}, []],
    [{ tcpPort: '' }, ['tcpPort']],
    [{ tcpPort: '65536' }, ['tcpPort']],
    [{ webSocketPort: '-1' }, ['webSocketPort']],
    [{ webSocketPort: '1e3' }, ['webSocketPort']],
    [{ webSocketPort: 'x', webSocketEnabled: false }, []],
    [{ webSocketPort: '1883' }, ['webSocketPort']],
    [{ tcpPort: '0', webSocketPort: '0' }, []],
    [{ tcpEnabled: false, webSocketEnabled: false }, ['tcpPort']],
  ] as const)('%j has problems at %j', (change, fields) => expect(Object.keys(checkForm(form(change), []))).toEqual(fields));
});

describe('beside further listeners', () => {
  const further = (more: object): ListenerOptions =>
    listenerOptionsSchema.parse({ kind: 'tls', id: 'a', port: 8883, tls: { certificateFile: '/c', keyFile: '/k' }, ...more });
  it('may be without ports of its own', () => {
    const none = form({ tcpEnabled: false, webSocketEnabled: false });
    expect(checkForm(none, [further({})])).toEqual({});
    expect(checkForm(none, [further({ enabled: false })])).toHaveProperty('tcpPort');
  });
  it('says who uses a port already', () => {
    expect(checkForm(form({ webSocketPort: '8883' }), [further({ name: 'Lab' })])).toEqual({ webSocketPort: '“Lab” uses this port already.' });
    expect(checkForm(form({ webSocketPort: '8883' }), [further({ enabled: false })])).toEqual({});
    expect(checkForm(form({ tcpPort: '8883', tcpEnabled: false }), [further({})])).toEqual({});
  });
});

describe('otherPort', () => {
  it('changes the listener that failed', () => {
    expect(otherPort({ code: 'port-taken', message: '', listener: 'tcp', port: 1883, freePort: 1884 }, [])).toEqual({ tcpPort: 1884 });
    expect(otherPort({ code: 'port-taken', message: '', listener: 'ws', port: 8083, freePort: 8084 }, [])).toEqual({ webSocketPort: 8084 });
  });
  it('changes the further listener that failed, and no other', () => {
    const [one, two] = ['a', 'b'].map((id) => listenerOptionsSchema.parse({ kind: 'ws', id, port: 8080 })) as [ListenerOptions, ListenerOptions];
    expect(otherPort({ code: 'port-taken', message: '', listener: 'b', port: 8080, freePort: 8081 }, [one, two])).toEqual({
      listeners: [one, { ...two, port: 8081 }],
    });
  });
  it('offers nothing without a free port', () => {
    expect(otherPort({ code: 'address-refused', message: '' }, [])).toBeUndefined();
    expect(otherPort(null, [])).toBeUndefined();
  });
});

describe('exampleCommands', () => {
  it('names the real port', () =>
    expect(exampleCommands([{ id: 'tcp', kind: 'tcp', host: '127.0.0.1', port: 1884, url: 'mqtt://127.0.0.1:1884' }])?.subscribe).toBe(
      'mosquitto_sub -h 127.0.0.1 -p 1884 -t "#" -v',
    ));
  it('reaches a broker that listens everywhere', () =>
    expect(exampleCommands([{ id: 'tcp', kind: 'tcp', host: '0.0.0.0', port: 1, url: '' }])?.publish).toContain('-h 127.0.0.1 -p 1 '));
  it('takes what else there is', () => {
    const unix = { id: 'u', kind: 'unix', host: '', port: 0, url: 'unix:///run/my broker.sock' } as const;
    const tls = { id: 't', kind: 'tls', host: '127.0.0.1', port: 8883, url: 'mqtts://127.0.0.1:8883' } as const;
    const proxied = { id: 'tcp', kind: 'tcp', host: '127.0.0.1', port: 1883, url: '', proxyProtocol: true } as const;
    expect(exampleCommands([proxied, tls, unix])?.subscribe).toBe('mosquitto_sub --unix "/run/my broker.sock" -t "#" -v');
    expect(exampleCommands([proxied, tls])?.subscribe).toBe('mosquitto_sub -h 127.0.0.1 -p 8883 --cafile CA.pem -t "#" -v');
    expect(exampleCommands([proxied])).toBeUndefined();
  });
  it('has none without TCP', () => expect(exampleCommands([{ id: 'ws', kind: 'ws', host: 'h', port: 1, url: '' }])).toBeUndefined());
});
