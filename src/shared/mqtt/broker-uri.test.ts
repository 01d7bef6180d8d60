import { expect, test } from 'vitest';
import { formatBrokerUri, parseBrokerUri } from './broker-uri.ts';

test.each([
  ['mqtt://localhost', { scheme: 'mqtt', host: 'localhost', port: 1883, path: '' }],
  ['localhost', { scheme: 'mqtt', host: 'localhost', port: 1883, path: '' }],
  ['localhost:1884', { scheme: 'mqtt', host: 'localhost', port: 1884, path: '' }],
  ['tcp://10.0.0.1:80', { scheme: 'mqtt', host: '10.0.0.1', port: 80, path: '' }],
  ['ssl://b', { scheme: 'mqtts', host: 'b', port: 8883, path: '' }],
  ['mqtts://[::1]', { scheme: 'mqtts', host: '::1', port: 8883, path: '' }],
  ['[fe80::1]:1883', { scheme: 'mqtt', host: 'fe80::1', port: 1883, path: '' }],
  ['ws://h:8083/mqtt?a=1', { scheme: 'ws', host: 'h', port: 8083, path: '/mqtt?a=1' }],
  ['wss://h/', { scheme: 'wss', host: 'h', port: 443, path: '' }],
  [' MQTT://H ', { scheme: 'mqtt', host: 'h', port: 1883, path: '' }],
  ['mqtt://u%40x:p%3a@h', { scheme: 'mqtt', host: 'h', port: 1883, path: '', username: 'u@x', password: 'p:' }],
])('%s', (text, value) => expect(parseBrokerUri(text)).toEqual({ ok: true, value }));

test.each([
  ['', 'empty'],
  ['http://h', 'web address'],
  ['mqqt://h', 'not an MQTT address'],
  ['mqtt://', 'not an address'],
  ['mqtt://h:99999', 'not a port'],
  ['mqtt://h:0', 'not a port'],
  ['mqtt://h/x', 'no path'],
  ['mqtt://a b', 'space'],
  ['::1', 'brackets'],
  ['mqtt://h:1:2', 'more than one port'],
  ['mqtt://u%zz@h', 'percent'],
])('%j is refused: %s', (text, words) => {
  const result = parseBrokerUri(text);
  expect(result.ok ? '' : result.problem.message).toContain(words);
});

test('formats without the default port', () => {
  expect(formatBrokerUri({ scheme: 'mqtt', host: '::1', port: 1883, path: '' })).toBe('mqtt://[::1]');
  expect(formatBrokerUri({ scheme: 'wss', host: 'h', port: 8084, path: '/mqtt' })).toBe('wss://h:8084/mqtt');
});
