import { describe, expect, it } from 'vitest';
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
  ] as const)('%j has problems at %j', (change, fields) => expect(Object.keys(checkForm(form(change)))).toEqual(fields));
});

describe('otherPort', () => {
  it('changes the listener that failed', () => {
    expect(otherPort({ code: 'port-taken', message: '', listener: 'tcp', port: 1883, freePort: 1884 })).toEqual({ tcpPort: 1884 });
    expect(otherPort({ code: 'port-taken', message: '', listener: 'ws', port: 8083, freePort: 8084 })).toEqual({ webSocketPort: 8084 });
  });
  it('offers nothing without a free port', () => {
    expect(otherPort({ code: 'address-refused', message: '' })).toBeUndefined();
    expect(otherPort(null)).toBeUndefined();
  });
});

describe('exampleCommands', () => {
  it('names the real port', () =>
    expect(exampleCommands([{ id: 'tcp', kind: 'tcp', host: '127.0.0.1', port: 1884, url: 'mqtt://127.0.0.1:1884' }])?.subscribe).toBe(
      'mosquitto_sub -h 127.0.0.1 -p 1884 -t "#" -v',
    ));
  it('reaches a broker that listens everywhere', () =>
    expect(exampleCommands([{ id: 'tcp', kind: 'tcp', host: '0.0.0.0', port: 1, url: '' }])?.publish).toContain('-h 127.0.0.1 -p 1 '));
  it('has none without TCP', () => expect(exampleCommands([{ id: 'ws', kind: 'ws', host: 'h', port: 1, url: '' }])).toBeUndefined());
});
