import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { listenerOptionsSchema } from '../../../../shared/contract/listeners.ts';
import { describeListenFailure, toBrokerFailure } from './listen-failure.ts';

const systemError = (code: string): Error => Object.assign(new Error(`listen ${code}`), { code });

describe('a failure to listen', () => {
  it('explains a port that needs privileges and offers one that does not', async () => {
    const failure = toBrokerFailure(await describeListenFailure(systemError('EACCES'), listenerOptionsSchema.parse({ kind: 'tcp', id: 'tcp', port: 80 }), []));
    expect(failure).toMatchObject({ code: 'address-refused', listener: 'tcp', port: 80 });
    expect(failure.message).toContain('below 1024');
    expect(failure.freePort).toBeGreaterThanOrEqual(1024);
    expect(failure.advice).toContain(String(failure.freePort));
  });

  it('offers no port that another listener wants', async () => {
    const port = 40_000;
    const others = Array.from({ length: 20 }, (_, at) => port + 1 + at);
    const listener = listenerOptionsSchema.parse({ kind: 'wss', id: 'a', name: 'Lab', port, tls: { certificateFile: '/c', keyFile: '/k' } });
    const failure = toBrokerFailure(await describeListenFailure(systemError('EADDRINUSE'), listener, others));
    expect(failure).toMatchObject({ code: 'port-taken', listener: 'a', port, message: expect.stringContaining('Secure WebSocket (“Lab”) port 40000') });
    expect(failure.freePort).toBeGreaterThan(0);
    expect(others).not.toContain(failure.freePort);
  });

  it('keeps the words of the system for what it does not know', async () => {
    const failure = toBrokerFailure(await describeListenFailure(systemError('EPROTO'), listenerOptionsSchema.parse({ kind: 'ws', id: 'ws', port: 8083 }), []));
    expect(failure).toMatchObject({ code: 'address-refused', listener: 'ws', port: 8083 });
    expect(failure.message).toContain('listen EPROTO');
  });

  it('becomes a status without fields that are not known', () => {
    expect(toBrokerFailure(new CodedError('bad-input', 'No listener.'))).toEqual({ code: 'bad-input', message: 'No listener.' });
    expect(toBrokerFailure(new Error('x'))).toEqual({ code: 'internal', message: 'x' });
  });
});
