import { expect, it } from 'vitest';
import { newProfile } from '../../../../shared/connections/new-profile.ts';
import type { ConnectionProfile, ConnectionProfileView } from '../../../../shared/contract/connections.ts';
import { newDraft } from '../draft/profile-draft.ts';
import { folderPaths, listEntries, listRows } from './connection-rows.ts';

const profile = (id: string, more: Partial<ConnectionProfile> = {}): ConnectionProfileView => ({
  ...newProfile(id, { name: id, uri: `mqtt://${id}`, ...more }),
  secretsSet: [],
});
const fresh = (id: string, change = {}) => ({ draft: { ...newDraft(id), ...change }, base: newDraft(id), unsaved: { subscriptions: [] }, refused: 0 });

const lines = (profiles: readonly ConnectionProfileView[], collapsed: readonly string[] = [], filter = '', drafts = {}): readonly string[] =>
  listRows(listEntries(profiles, [], drafts), new Set(collapsed), filter).map(
    (row) => `${'  '.repeat(row.level - 1)}${row.kind === 'folder' ? `${row.name}/ ${row.entries.length}` : row.entry.id} ${row.positionInSet}/${row.setSize}`,
  );

const plant = [
  profile('b10'),
  profile('b9'),
  profile('x', { folder: 'Plant/Line 2' }),
  profile('star', { folder: 'Plant', favourite: true }),
  profile('p', { folder: 'Plant' }),
];

it('shows favourites, then folders, then the rest, each by name', () =>
  expect(lines(plant)).toEqual(['star 1/4', 'Plant/ 2 2/4', '  Line 2/ 1 1/2', '    x 1/1', '  p 2/2', 'b9 3/4', 'b10 4/4']));

it('hides what is in closed folders', () => expect(lines(plant, ['Plant'])).toEqual(['star 1/4', 'Plant/ 2 2/4', 'b9 3/4', 'b10 4/4']));

it('opens folders with something that fits the filter', () =>
  expect(lines(plant, ['Plant', 'Plant/Line 2'], 'LINE')).toEqual(['Plant/ 1 1/1', '  Line 2/ 1 1/1', '    x 1/1']));

it('keeps what was never saved behind the others', () => expect(lines([profile('z')], [], '', { n: fresh('n', { name: 'a' }) })).toEqual(['z 1/2', 'n 2/2']));

it('knows all folders, those above others included', () => expect(folderPaths(plant)).toEqual(['Plant', 'Plant/Line 2']));

it('is empty without connections', () => expect(lines([])).toEqual([]));

it('lists a thousand connections in a hundred folders', () => {
  const many = Array.from({ length: 1000 }, (_, at) => profile(`c${at}`, { folder: `f${at % 100}` }));
  expect(lines(many)).toHaveLength(1100);
  expect(lines(many, [], 'c999')).toEqual(['f99/ 1 1/1', '  c999 1/1']);
});
