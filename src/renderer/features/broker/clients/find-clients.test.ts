import { expect, it } from 'vitest';
import type { BrokerClient } from '../../../../shared/contract/broker.ts';
import { findClients } from './find-clients.ts';

const client = (clientId: string, more: Partial<BrokerClient> = {}): BrokerClient => ({
  clientId,
  version: '3.1.1',
  transport: 'tcp',
  address: '10.0.0.1:5000',
  username: null,
  cleanStart: true,
  keepAliveSeconds: 60,
  connectedAt: 0,
  subscriptionCount: 0,
  subscriptions: [],
  ...more,
});
const clients = [client('Pump-1'), client('lamp', { username: 'Ada' }), client('x', { address: '[::1]:9', subscriptions: [{ filter: 'hall/#', qos: 0 }] })];

it.each([
  ['', ['Pump-1', 'lamp', 'x']],
  [' pump ', ['Pump-1']],
  ['ada', ['lamp']],
  ['::1', ['x']],
  ['HALL/', ['x']],
  ['nothing', []],
])('finds by “%s”', (text, ids) => expect(findClients(clients, text).map(({ clientId }) => clientId)).toEqual(ids));
