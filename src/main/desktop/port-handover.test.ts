import { expect, test } from 'vitest';
import { PortHandover } from './port-handover.ts';

const nonce = 'a'.repeat(32);

function rig() {
  const toEngine: string[] = [];
  const problems: string[] = [];
  const closed: string[] = [];
  const engine = { runs: true };
  let channels = 0;
  const port = (name: string) => ({ name, close: () => closed.push(name) });
  const handover = new PortHandover<ReturnType<typeof port>>({
    openChannel: () => {
      channels += 1;
      return { port1: port(`engine ${channels}`), port2: port(`page ${channels}`) };
    },
    giveToEngine: ({ name }) => {
      if (engine.runs) toEngine.push(name);
      return engine.runs;
    },
    onRefused: (problem) => problems.push(problem.message),
  });
  const frame = (url = 'app://workbench/') => {
    const received: { readonly message: unknown; readonly ports: readonly string[] }[] = [];
    const state = { url, destroyed: false };
    return {
      received,
      state,
      parent: null,
      get url() {
        return state.url;
      },
      isDestroyed: () => state.destroyed,
      postMessage: (_channel: string, message: unknown, ports: ReturnType<typeof port>[]) => received.push({ message, ports: ports.map(({ name }) => name) }),
    };
  };
  return { handover, engine, toEngine, problems, closed, frame };
}

test('gives one end to the engine and the other, with the nonce, to the page', () => {
  const { handover, toEngine, frame } = rig();
  const page = frame();
  handover.request({}, page, nonce);
  expect(toEngine).toEqual(['engine 1']);
  expect(page.received).toEqual([{ message: nonce, ports: ['page 1'] }]);
});

test.each([undefined, 5, '', 'short', 'x'.repeat(65), `${nonce}<`, { toString: () => nonce }])('refuses the nonce %s', (bad) => {
  const { handover, toEngine, problems, frame } = rig();
  const page = frame();
  handover.request({}, page, bad);
  expect(problems).toHaveLength(1);
  expect([toEngine, page.received]).toEqual([[], []]);
});

test('without an engine the newest request of a page waits for the next one', () => {
  const { handover, engine, toEngine, closed, frame } = rig();
  const [page, window] = [frame(), {}];
  engine.runs = false;
  handover.request(window, page, nonce);
  handover.request(window, page, 'b'.repeat(16));
  expect(page.received).toEqual([]);
  expect(closed, 'nothing is left open').toEqual(['engine 1', 'engine 2']);
  engine.runs = true;
  handover.serveWaiting();
  handover.serveWaiting();
  expect(page.received.map(({ message }) => message)).toEqual(['b'.repeat(16)]);
  expect(toEngine).toHaveLength(1);
});

test('a page that has gone, or gone elsewhere, gets no port', () => {
  const { handover, engine, toEngine, frame } = rig();
  const [gone, elsewhere] = [frame(), frame()];
  engine.runs = false;
  handover.request({}, gone, nonce);
  handover.request({}, elsewhere, nonce);
  gone.state.destroyed = true;
  elsewhere.state.url = 'https://example.com/';
  engine.runs = true;
  handover.serveWaiting();
  expect([toEngine, gone.received, elsewhere.received]).toEqual([[], [], []]);
});
