import { expect, it } from 'vitest';
import { listenerOptionsSchema } from '../../../../shared/contract/listeners.ts';
import { labListener, subscribeLine } from './lab-words.ts';

it('adds listeners that the contract takes, each on a port of its own', () => {
  const first = labListener('a', 'server', []);
  expect(listenerOptionsSchema.parse(first)).toEqual(first);
  expect(first).toMatchObject({ port: 8883, tls: { labCertificate: 'server' } });
  expect(labListener('b', 'server', [first])).toMatchObject({ port: 8884 });
  const everywhere = listenerOptionsSchema.parse({ kind: 'tcp', id: 'c', host: '0.0.0.0', port: 8883 });
  expect(labListener('b', 'server', [everywhere])).toMatchObject({ port: 8884 });
});

it('writes a line that a shell takes', () => {
  expect(subscribeLine({ host: '0.0.0.0', port: 8883 }, '/home/me/My files/authority.pem')).toBe(
    `mosquitto_sub -h 127.0.0.1 -p 8883 --cafile '/home/me/My files/authority.pem' -t "#" -v`,
  );
});
