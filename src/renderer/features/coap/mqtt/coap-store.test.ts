import { afterEach, expect, it, vi } from 'vitest';
import { rpcContract } from '../../../../shared/contract/rpc.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { serveForTests, testPacing, type ServedEngine } from '../../serve-for-tests.ts';
import { createCoapStore, draftKey, sourceOf, type CoapSource, type CoapStore } from './coap-store.ts';
import type { RequestInput } from './request-draft.ts';

const { 'rpc.call': call } = rpcContract;
const state = { namespace: 'gf_int_v1', subsystem: 'demo', target: 'DEMO', method: 'GET', path: 'state' } as const;
const target = { ...state, method: 'PUT', path: 'target' } as const;

let backend: ServedEngine;
let store: CoapStore;
let made: RequestInput[];
let refuse: boolean;
const now = (): CoapSource => sourceOf(store.state.getState(), 'broker');

function setUp(): void {
  made = [];
  refuse = false;
  backend = serveForTests(
    { 'rpc.call': call },
    {
      'rpc.call': (input) => {
        if (refuse) throw new CodedError('invalid-state', 'Not connected.');
        made.push(input);
        return { id: made.length };
      },
    },
  );
  store = createCoapStore(backend.engine, testPacing);
}
afterEach(() => backend.close());

it('sends what was chosen, and comes back to what was last written and answered', async () => {
  setUp();
  store.select('broker', target);
  store.edit('broker', { body: '21.5' });
  expect(await store.send('broker', null)).toBe(true);
  expect(made).toEqual([expect.objectContaining({ dialect: 'gf', topic: 'gf_int_v1/demo/request/DEMO', method: 'PUT target', params: 21.5 })]);
  expect(now()).toMatchObject({ shown: 1, selected: 1, reveal: false });
  store.select('broker', state);
  expect(now()).toMatchObject({ shown: null, draft: { body: '', method: 'GET' } });
  store.select('broker', target);
  expect(now()).toMatchObject({ shown: 1, draft: { body: '21.5' } });
});

it('offers a body only for the resource it belongs to, and never over what was written', () => {
  setUp();
  store.select('broker', target);
  store.offerBody('broker', draftKey(state), '1');
  expect(now().draft.body).toBe('');
  store.offerBody('broker', draftKey(target), '2');
  expect(now().draft.body).toBe('2');
  store.edit('broker', { path: 'other' });
  expect(now().draft.body).toBe('');
  store.edit('broker', { body: '3' });
  store.offerBody('broker', draftKey(now().draft), '4');
  expect(now().draft.body).toBe('3');
});

it('shows what is wrong instead of sending it, and why the engine refused', async () => {
  setUp();
  store.select('broker', { ...state, target: 'a/b' });
  expect(await store.send('broker', null)).toBe(false);
  expect(now()).toMatchObject({ reveal: true, shown: null });
  expect(made).toEqual([]);
  store.select('broker', state);
  refuse = true;
  expect(await store.send('broker', null)).toBe(false);
  await vi.waitFor(() => expect(now().refused?.message).toBe('Not connected.'));
});
