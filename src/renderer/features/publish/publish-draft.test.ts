import { describe, expect, it } from 'vitest';
import type { SavedPublish } from '../../../shared/contract/workspace.ts';
import {
  cleanFolder,
  countProperties,
  emptyDraft,
  loadMessage,
  messageOf,
  noProperties,
  offerTopic,
  savedTree,
  suggestName,
  toSaved,
  typeTopic,
} from './publish-draft.ts';

const saved: SavedPublish = {
  ...{ id: 's', name: 'Light on', folder: 'home', topic: 'home/light/set', payload: '{"on":true}', format: 'json', qos: 1, retain: null, fillIn: true },
  properties: {
    ...noProperties,
    contentType: 'application/json',
    userProperties: [
      ['a', '1'],
      ['a', '2'],
    ],
  },
};

describe('topic', () => {
  it('follows the selection', () => expect(offerTopic(offerTopic(emptyDraft, 'a'), 'b').topic).toBe('b'));
  it('stays when typed', () => expect(offerTopic(typeTopic(emptyDraft, 'mine'), 'b').topic).toBe('mine'));
  it('follows again once emptied', () => expect(offerTopic(typeTopic(typeTopic(emptyDraft, 'mine'), ''), 'b').topic).toBe('b'));
  it('stays when nothing is selected', () => expect(offerTopic({ ...emptyDraft, topic: 'a' }, null).topic).toBe('a'));
  it('keeps the same object when nothing changes', () => {
    const draft = offerTopic(emptyDraft, 'a');
    expect(offerTopic(draft, 'a')).toBe(draft);
  });
});

describe('saved publishes', () => {
  it('load as if typed', () => {
    const draft = loadMessage(emptyDraft, saved, 's');
    expect(draft).toMatchObject({ topic: 'home/light/set', topicEdited: true, qos: 1, retain: null, fillIn: true, savedId: 's' });
    expect(offerTopic(draft, 'other').topic).toBe('home/light/set');
    expect(countProperties(draft.properties)).toBe(3);
  });
  it('round-trip', () => expect(toSaved(loadMessage(emptyDraft, saved, 's'), 's', ' Light on ', ' home /')).toEqual(saved));
  it('leave properties away where there are none', () =>
    expect(messageOf(loadMessage(emptyDraft, { ...saved, properties: null }, null)).properties).toBeNull());
  it('cannot hold a file', () => expect(toSaved({ ...emptyDraft, format: 'file' }, 's', 'x', '')).toBeNull());
  it('are named after their topic', () => expect(suggestName('/home/kitchen/light/')).toBe('kitchen / light'));
  it('stand in folders, sorted as people read', () => {
    const list = ['b', 'A 10', 'A 9'].map((name) => ({ ...saved, name, folder: '' }));
    const tree = savedTree([...list, { ...saved, name: 'deep', folder: 'x/y' }, { ...saved, name: 'flat', folder: 'x' }]);
    expect(tree.messages.map(({ name }) => name)).toEqual(['A 9', 'A 10', 'b']);
    expect(tree.folders).toMatchObject([{ name: 'x', messages: [{ name: 'flat' }], folders: [{ name: 'y', messages: [{ name: 'deep' }], folders: [] }] }]);
  });
  it('have folders without empty names', () => expect(cleanFolder('/ a // b c /')).toBe('a/b c'));
});
