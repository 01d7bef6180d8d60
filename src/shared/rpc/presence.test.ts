import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { utf8, type OutgoingMessage } from './dialect.ts';
import { buildEvent } from './events.ts';
import { mqttxx2 } from './mqttxx2.ts';
import { mqttxx4 } from './mqttxx4.ts';
import { clientOfTopic, kickMessage, presenceMessage, presenceRemoval, readPresence } from './presence.ts';
import { pythonJson, type JsonValue } from './python-json.ts';

const read = (name: string): unknown => JSON.parse(readFileSync(`${import.meta.dirname}/../../../test/fixtures/vectors/mqttxx/${name}`, 'utf8'));
const shapes = read('v3-shapes.json') as {
  readonly event: { readonly event_type: string; readonly data: JsonValue; readonly timestamp: number; readonly source: string };
  readonly raw_event: JsonValue;
  readonly wrapped_scalar_event: { readonly data: JsonValue };
  readonly presence: {
    readonly topic: string;
    readonly qos: number;
    readonly retain: boolean;
    readonly online: JsonValue;
    readonly offline_and_will: JsonValue;
  };
  readonly kick: { readonly topic: string; readonly qos: number; readonly payload: JsonValue };
};
const v4 = read('v4-exchange.json') as {
  readonly items: readonly {
    readonly topic: string;
    readonly qos_published: number;
    readonly payload: string;
    readonly properties: { readonly 'user-properties'?: Record<string, string> };
  }[];
};
const textOf = ({ payload }: OutgoingMessage): string => new TextDecoder().decode(payload);

describe('presence of 3.x', () => {
  it('is written as the vectors show it', () => {
    const { topic, qos, retain, online, offline_and_will: offline } = shapes.presence;
    const [built, will] = [presenceMessage('device_123', 'online', 1673456789.9), presenceMessage('device_123', 'offline', 1673456789)];
    expect(built).toMatchObject({ topic, qos, retain });
    expect([textOf(built), textOf(will)]).toEqual([pythonJson(online), pythonJson(offline)]);
    const kick = kickMessage('device_123');
    expect(kick).toMatchObject({ topic: shapes.kick.topic, qos: shapes.kick.qos, retain: false });
    expect(textOf(kick)).toBe(pythonJson(shapes.kick.payload));
    expect(presenceRemoval('device_123')).toMatchObject({ topic, retain: true, payload: { length: 0 } });
  });

  it('is read', () => {
    for (const state of ['online', 'offline'] as const) {
      const { topic, payload } = presenceMessage('lab/a', state, 1673456789);
      expect(readPresence(topic, payload)).toEqual({ clientId: 'lab/a', state, timestamp: 1673456789 });
    }
    expect(readPresence('$presence/a', new Uint8Array(0))).toEqual({ clientId: 'a', state: 'gone', timestamp: null });
    expect(readPresence('$presence/a', utf8('{"status":"online","timestamp":"now"}'))).toEqual({ clientId: 'a', state: 'online', timestamp: null });
  });

  it.each([
    ['$presence/a', '{"status":"busy"}'],
    ['$presence/a', 'online'],
    ['$presence/a', '[]'],
    ['$presence/', '{"status":"online"}'],
    ['$presence/a/kick', '{"reason":"duplicate_connection"}'],
    ['presence/a', '{"status":"online"}'],
  ])('is nothing else: %s %s', (topic, payload) => expect(readPresence(topic, utf8(payload))).toBeNull());

  it('is looked for behind the last level of a topic', () => {
    expect([clientOfTopic('edge/device_123'), clientOfTopic('service')]).toEqual(['device_123', 'service']);
  });
});

describe('events', () => {
  const event = { topic: 'sensors/1', eventType: shapes.event.event_type, data: shapes.event.data, source: shapes.event.source, atMs: 1673456789123 };

  it('of 3.x are written as the vectors show them, and read back', () => {
    const built = buildEvent('mqttxx2', event);
    expect(textOf(built)).toBe(pythonJson(shapes.event));
    expect(built).toMatchObject({ topic: 'sensors/1', qos: 0 });
    expect(built.properties).toBeUndefined();
    expect(textOf(buildEvent('mqttxx2', { ...event, atMs: 1673456789000 }))).toContain('"timestamp": 1673456789.0,');
    const { eventType, data, source } = event;
    expect(mqttxx2.parse({ ...built, properties: null })).toEqual({ kind: 'event', eventType, data, source, timestamp: 1673456789.123 });
  });

  it('without a type are the value alone, and a scalar in an object', () => {
    expect(textOf(buildEvent('raw', { ...event, data: shapes.raw_event }))).toBe(pythonJson(shapes.raw_event));
    expect(textOf(buildEvent('raw', { ...event, data: shapes.wrapped_scalar_event.data }))).toBe(pythonJson(shapes.wrapped_scalar_event));
  });

  it('of 4.x are written as a real one does, and read back', () => {
    const real = v4.items.find(({ topic }) => topic === 'sensors/room1/temperature');
    const properties = real?.properties['user-properties'] ?? {};
    const built = buildEvent('mqttxx4', { ...event, topic: 'sensors/room1/temperature', source: 'sensor_001' });
    expect([built.topic, textOf(built), built.qos]).toEqual([real?.topic, real?.payload, real?.qos_published]);
    expect(built.properties?.userProperties).toEqual(Object.entries({ ...properties, timestamp: '1673456789.123' }));
    const userProperties = built.properties?.userProperties ?? [];
    expect(mqttxx4.parse({ ...built, properties: { userProperties } })).toMatchObject({
      kind: 'event',
      eventType: 'temperature.changed',
      source: 'sensor_001',
    });
  });
});
