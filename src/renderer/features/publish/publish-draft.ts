import type { Qos } from '../../../shared/contract/common.ts';
import type { PublishMessage, PublishPropertyTexts } from '../../../shared/contract/publish-message.ts';
import type { CodecChoice } from '../payloads/index.ts';
import type { SavedPublish } from '../../../shared/contract/workspace.ts';

export type PublishFormat = PublishMessage['format'] | 'file';

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
  /** `null`: from the defaults of the connection. */
  readonly qos: Qos | null;
  /** `null`: from the defaults of the connection. */
  readonly retain: boolean | null;
  /** Whether `{{…}}` is filled in. */
  readonly fillIn: boolean;
  readonly properties: PublishPropertyTexts;
  /** The saved publish this came from, to save changes back to it. */
  readonly savedId: string | null;
}

export const noProperties: PublishPropertyTexts = {
  contentType: '',
  responseTopic: '',
  correlationData: '',
  correlationAs: 'text',
  messageExpirySeconds: null,
  payloadIsUtf8: null,
  topicAlias: null,
  userProperties: [],
};

export const emptyDraft: PublishDraft = {
  topic: '',
  topicEdited: false,
  format: 'json',
  payload: '',
  file: null,
  codec: { name: 'msgpack', params: {} },
  qos: null,
  retain: null,
  fillIn: false,
  properties: noProperties,
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

/** What a saved message or one of the history says, in place of the draft. */
export function loadMessage(draft: PublishDraft, message: PublishMessage, savedId: string | null): PublishDraft {
  const { topic, format, payload, qos, retain, fillIn, properties, codec = draft.codec } = message;
  return { ...draft, topic, topicEdited: true, format, payload, codec, qos, retain, fillIn, properties: properties ?? noProperties, savedId };
}

/** The draft as the engine takes it; of a file, what goes with its bytes. */
export function messageOf(draft: PublishDraft): PublishMessage {
  const { topic, format, payload, codec, qos, retain, fillIn, properties } = draft;
  return {
    topic,
    ...(format === 'file' ? { format: 'empty', payload: '' } : { format, payload }),
    ...(format === 'codec' ? { codec: { name: codec.name, params: { ...codec.params } } } : {}),
    ...{ qos, retain, fillIn, properties: countProperties(properties) === 0 ? null : properties },
  };
}

/** A file's bytes are not kept in the workspace, so a file cannot be saved; answers `null` then. */
export function toSaved(draft: PublishDraft, id: string, name: string, folder: string): SavedPublish | null {
  return draft.format === 'file' ? null : { id, name: name.trim(), folder: cleanFolder(folder), ...messageOf(draft) };
}

/** ` lab /  lamps/ ` → `lab/lamps`. */
export function cleanFolder(folder: string): string {
  return folder
    .split('/')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('/');
}

/** How many MQTT 5 properties would be sent; user properties one by one. */
export function countProperties(properties: PublishPropertyTexts): number {
  const { contentType, responseTopic, correlationData, messageExpirySeconds, payloadIsUtf8, topicAlias, userProperties } = properties;
  const texts = [contentType, responseTopic, correlationData].filter((text) => text !== '').length;
  return texts + [messageExpirySeconds, payloadIsUtf8, topicAlias].filter((value) => value !== null).length + userProperties.length;
}

/** A name to offer for a saved publish: the last two levels of its topic. */
export function suggestName(topic: string): string {
  const levels = topic.split('/').filter((level) => level !== '');
  return levels.slice(-2).join(' / ').slice(0, 200);
}

export interface SavedFolder {
  readonly name: string;
  readonly folders: readonly SavedFolder[];
  readonly messages: readonly SavedPublish[];
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name.localeCompare(b.name, 'en', { numeric: true, sensitivity: 'base' });

/** Saved messages in their folders, each list by name. */
export function savedTree(list: readonly SavedPublish[], name = ''): SavedFolder {
  const inside = Map.groupBy(
    list.filter(({ folder }) => folder !== ''),
    ({ folder }) => folder.split('/')[0] ?? '',
  );
  const folders = [...inside].map(([first, entries]) =>
    savedTree(
      entries.map((entry) => ({ ...entry, folder: entry.folder.slice(first.length + 1) })),
      first,
    ),
  );
  return { name, folders: folders.toSorted(byName), messages: list.filter(({ folder }) => folder === '').toSorted(byName) };
}
