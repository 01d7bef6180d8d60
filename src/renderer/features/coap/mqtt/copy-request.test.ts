import { expect, it } from 'vitest';
import { asCommand, asJson, asPython } from './copy-request.ts';
import { emptyDraft, type RequestDraft } from './request-draft.ts';

const draft: RequestDraft = { ...emptyDraft, subsystem: 'demo', target: 'DEMO', path: "it's", method: 'PUT', body: '{ "on": true, "then": [null, "x"] }' };
const place = 'mqtt://127.0.0.1:1883';

it('copies the message as it would go out', () => {
  expect(JSON.parse(asJson(draft, 7, 'me', 'id'))).toMatchObject({
    topic: 'gf_int_v1/demo/request/DEMO/id',
    qos: 0,
    payload: { timestamp: 7, body: { on: true }, header: { request_id: 'id', path: "it's", source: 'me', method: 'PUT' } },
  });
});

it('quotes for the shell what needs it', () => {
  expect(asCommand(draft, place)).toBe(`mqtt-workbench request mqtt://127.0.0.1:1883 DEMO demo 'it'\\''s' --method PUT --body '{"on":true,"then":[null,"x"]}'`);
  const full = { ...draft, path: '-x', token: '-t', methodAs: 'integer', qos: '1', timeoutMs: 500 } as const;
  expect(asCommand({ ...full, method: 'GET', body: '' }, 'mqtt://[::1]:1')).toBe(
    "mqtt-workbench request --token=-t --integer-methods --qos 1 --timeout 0.5 -- 'mqtt://[::1]:1' DEMO demo -x",
  );
});

it('writes Python with its own literals', () => {
  const sync = asPython({ ...draft, qos: '1' }, place, 'sync');
  expect(sync).toContain('from gf_mqtt_client import SyncMQTTClient, ResponseException');
  expect(sync).toContain('        value={"on": True, "then": [None, "x"]},\n        timeout=5,\n        qos=1,\n');
  expect(asPython(draft, 'mqtt://[::1]:1', 'sync')).toContain('broker="::1", port=1,');
  const asynchronous = asPython({ ...draft, body: '' }, place, 'async');
  expect(asynchronous).toContain('        response = await client.request(\n');
  expect(asynchronous).not.toContain('value=');
  expect(asynchronous.endsWith('asyncio.run(main())\n')).toBe(true);
});
