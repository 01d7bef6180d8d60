import { describe, expect, it } from 'vitest';
import type { SavedPublish } from '../../../shared/contract/workspace.ts';
import { emptyDraft, loadSaved, offerTopic, sortSaved, suggestName, toSaved, typeTopic } from './publish-draft.ts';

const saved: SavedPublish = { id: 's', name: 'Light on', topic: 'home/light/set', payload: '{"on":true}', format: 'json', qos: 1, retain: true };

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
    const draft = loadSaved(emptyDraft, saved);
    expect(draft).toMatchObject({ topic: 'home/light/set', topicEdited: true, qos: 1, retain: true, savedId: 's' });
    expect(offerTopic(draft, 'other').topic).toBe('home/light/set');
  });
  it('round-trip', () => expect(toSaved(loadSaved(emptyDraft, saved), 's', ' Light on ')).toEqual(saved));
  it('cannot hold a file', () => expect(toSaved({ ...emptyDraft, format: 'file' }, 's', 'x')).toBeNull());
  it('are named after their topic', () => expect(suggestName('/home/kitchen/light/')).toBe('kitchen / light'));
  it('are sorted as people read', () => {
    const list = ['b', 'A 10', 'A 9'].map((name) => ({ ...saved, name }));
    expect(sortSaved(list).map(({ name }) => name)).toEqual(['A 9', 'A 10', 'b']);
  });
});
