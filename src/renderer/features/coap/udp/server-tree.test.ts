import { expect, it } from 'vitest';
import type { CoapUdpServer } from '../../../../shared/contract/coap-udp.ts';
import { treeRows } from './server-tree.ts';

const server = (uri: string, ...resources: CoapUdpServer['resources']): CoapUdpServer => ({ uri, lastSeenAt: 1, discoveredAt: null, resources, leftOut: 0 });
const resource = (path: string, ...attributes: CoapUdpServer['resources'][number]['attributes']): CoapUdpServer['resources'][number] => ({
  path,
  attributes,
  lastCode: null,
});

const lab = server(
  'coap://lab',
  resource('/temp', ['rt', 'temperature'], ['obs', null]),
  resource('/door', ['title', 'The door'], ['rt', 'x']),
  resource('/raw'),
);

it('has nothing to show without servers', () => {
  expect(treeRows([], new Set())).toEqual([]);
});

it('lists each server with its resources, and says what they are', () => {
  const rows = treeRows([lab, server('coap://empty')], new Set());
  expect(rows.map(({ key, kind, info: { level, expanded, positionInSet, setSize } }) => [key, kind, level, expanded, positionInSet, setSize])).toEqual([
    ['coap://lab', '', 1, true, 1, 2],
    ['coap://lab/temp', 'temperature, observable', 2, undefined, 1, 3],
    ['coap://lab/door', 'The door', 2, undefined, 2, 3],
    ['coap://lab/raw', '', 2, undefined, 3, 3],
    // What has nothing below it cannot be opened.
    ['coap://empty', '', 1, undefined, 2, 2],
  ]);
});

it('hides what is below a closed server, and nothing else', () => {
  const rows = treeRows([lab, server('coap://other', resource('/x'))], new Set(['coap://lab', 'coap://gone']));
  expect(rows.map(({ key }) => key)).toEqual(['coap://lab', 'coap://other', 'coap://other/x']);
  expect(rows[0]?.info.expanded).toBe(false);
});

it('copes with as many resources as are kept', () => {
  const many = server('coap://many', ...Array.from({ length: 20_000 }, (_, n) => resource(`/r${n}`)));
  expect(treeRows([many], new Set())).toHaveLength(20_001);
});
