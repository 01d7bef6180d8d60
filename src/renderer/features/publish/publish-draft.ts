import type { Qos } from '../../../shared/contract/common.ts';
import type { CodecChoice } from '../payloads/index.ts';
import type { SavedPublish } from '../../../shared/contract/workspace.ts';

export type PublishFormat = 'text' | 'json' | 'hex' | 'base64' | 'codec' | 'file';

export interface PublishFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What stands in the publish bar. One draft for the whole page: it survives changes of place and source. */
export interface PublishDraft {
  readonly topic: string;
  /** Typed by the user: a selected topic no longer replaces it. */
  readonly topicEdited: boolean;
  readonly format: PublishFormat;
  readonly payload: string;
  readonly file: PublishFile | null;
  /** What turns the text into bytes, with the format `codec`. */
  readonly codec: CodecChoice;
  readonly qos: Qos;
  readonly retain: boolean;
  /** The saved publish this came from, to save changes back to it. */
  readonly savedId: string | null;
}

export const emptyDraft: PublishDraft = {
  topic: '',
  topicEdited: false,
  format: 'json',
  payload: '',
  file: null,
  codec: { name: 'msgpack', params: {} },
  qos: 0,
  retain: false,
  savedId: null,
};

/** The user typed a topic; clearing the field hands it back to the selection. */
export function typeTopic(draft: PublishDraft, topic: string): PublishDraft {
  return { ...draft, topic, topicEdited: topic !== '' };
}

/** Another topic was selected: it is offered unless the user has written their own. */
export function offerTopic(draft: PublishDraft, topic: string | null): PublishDraft {
  if (draft.topicEdited || topic === null || topic === draft.topic) return draft;
  return { ...draft, topic };
}

export function loadSaved(draft: PublishDraft, saved: SavedPublish): PublishDraft {
  const { topic, format, payload, qos, retain, codec = draft.codec } = saved;
  return { ...draft, topic, topicEdited: true, format, payload, codec, qos, retain, savedId: saved.id };
}

/** A file's bytes are not kept in the workspace, so a file cannot be saved; answers `null` then. */
export function toSaved(draft: PublishDraft, id: string, name: string): SavedPublish | null {
  const { topic, format, payload, qos, retain } = draft;
  if (format === 'file') return null;
  const codec = format === 'codec' ? { codec: { name: draft.codec.name, params: { ...draft.codec.params } } } : {};
  return { id, name: name.trim(), topic, format, payload, ...codec, qos, retain };
}

/** A name to offer for a saved publish: the last two levels of its topic. */
export function suggestName(topic: string): string {
  const levels = topic.split('/').filter((level) => level !== '');
  return levels.slice(-2).join(' / ').slice(0, 200);
}

export function sortSaved(list: readonly SavedPublish[]): readonly SavedPublish[] {
  return list.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true, sensitivity: 'base' }));
}
