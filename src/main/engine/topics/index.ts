import type { SourceId } from '../../../shared/contract/common.ts';
import type { TopicsFrame, TopicView } from '../../../shared/contract/topics.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { TopicIndex, type TopicSeed } from './topic-index.ts';
import { OpenTopicView, type TopicViewHandle } from './topic-view.ts';

export { compareNames } from './natural-order.ts';
export type { TopicViewHandle } from './topic-view.ts';

/** Frames to a page: at most 20 a second. */
const frameEveryMs = 50;
/** While nothing arrives, only falling rates move. */
const idleFrameEveryMs = 500;

export interface TopicServiceOptions {
  /** Unix ms. */
  readonly now: () => number;
  readonly setTimer?: (run: () => void, ms: number) => unknown;
  readonly clearTimer?: (timer: unknown) => void;
}

export interface TopicService {
  ingest(source: SourceId, records: readonly MessageRecord[]): void;
  seed(source: SourceId, rows: readonly TopicSeed[]): void;
  openView(input: { readonly source: SourceId } & Omit<TopicView, 'viewId'>, onFrame: (frame: TopicsFrame) => void): TopicViewHandle;
  /** Forgets what was seen; open views go on, empty. */
  clear(source: SourceId): void;
  /** The source is gone for good. */
  drop(source: SourceId): void;
  /** No topic of this source has a retained message any more. */
  forgetRetained(source: SourceId): void;
  /** These topics have a retained message that came before anything that was seen; topics nobody has seen are left out. */
  markRetained(source: SourceId, topics: readonly string[]): void;
  retainedUnder(source: SourceId, topic: string): string[];
  retainedCount(source: SourceId, topic: string): number;
  stats(source: SourceId): { readonly topicCount: number; readonly messageCount: number };
  close(): void;
}

interface Entry {
  index: TopicIndex;
  readonly views: Map<OpenTopicView, (frame: TopicsFrame) => void>;
}

/** One topic index a source, and the views that pages have open on them. */
export function createTopicIndexes(options: TopicServiceOptions): TopicService {
  const setTimer = options.setTimer ?? ((run, ms) => setTimeout(run, ms));
  const clearTimer = options.clearTimer ?? ((timer) => clearTimeout(timer as NodeJS.Timeout));
  const entries = new Map<SourceId, Entry>();
  let timer: unknown;
  let dueAt = Infinity;
  let lastTickAt = 0;

  const entryOf = (source: SourceId): Entry => {
    let entry = entries.get(source);
    if (!entry) {
      entry = { index: new TopicIndex(), views: new Map() };
      entries.set(source, entry);
    }
    return entry;
  };

  const tick = (): void => {
    timer = undefined;
    dueAt = Infinity;
    const began = options.now();
    let moving = false;
    for (const { index, views } of entries.values()) {
      for (const [view, onFrame] of views) {
        const frame = view.frame();
        if (frame) onFrame(frame);
        if (index.root.rateAt(began) > 0) moving = true;
      }
    }
    // A view so large that a frame takes long gets fewer of them, so that traffic always has most of the time.
    lastTickAt = options.now() + (options.now() - began) * 3;
    if (moving) schedule(idleFrameEveryMs);
  };

  const schedule = (waitMs: number): void => {
    const at = Math.max(options.now(), lastTickAt + waitMs);
    if (at >= dueAt) return;
    if (timer !== undefined) clearTimer(timer);
    dueAt = at;
    timer = setTimer(tick, at - options.now());
  };

  return {
    ingest(source, records) {
      const entry = entryOf(source);
      entry.index.ingest(records, options.now());
      if (entry.views.size > 0) schedule(frameEveryMs);
    },
    seed(source, rows) {
      const entry = entryOf(source);
      entry.index.seed(rows);
      if (entry.views.size > 0) schedule(frameEveryMs);
    },
    openView({ source, ...view }, onFrame) {
      const entry = entryOf(source);
      const opened = new OpenTopicView(entry.index, view, {
        now: options.now,
        onChange: () => schedule(frameEveryMs),
        onClose: () => void entry.views.delete(opened),
      });
      entry.views.set(opened, onFrame);
      schedule(0);
      return opened;
    },
    clear(source) {
      const entry = entries.get(source);
      if (!entry) return;
      entry.index = new TopicIndex();
      for (const view of entry.views.keys()) view.replaceIndex(entry.index);
    },
    drop(source) {
      const entry = entries.get(source);
      if (!entry) return;
      for (const view of [...entry.views.keys()]) view.close();
      entries.delete(source);
    },
    forgetRetained(source) {
      const entry = entries.get(source);
      if (!entry) return;
      entry.index.forgetRetained();
      if (entry.views.size > 0) schedule(frameEveryMs);
    },
    markRetained(source, topics) {
      const entry = entries.get(source);
      if (!entry) return;
      entry.index.markRetained(topics);
      if (entry.views.size > 0) schedule(frameEveryMs);
    },
    retainedUnder: (source, topic) => entries.get(source)?.index.retainedUnder(topic) ?? [],
    retainedCount: (source, topic) => entries.get(source)?.index.retainedUnder(topic).length ?? 0,
    stats(source) {
      const root = entries.get(source)?.index.root;
      return { topicCount: root?.topicCount ?? 0, messageCount: root?.messageCount ?? 0 };
    },
    close() {
      if (timer !== undefined) clearTimer(timer);
      entries.clear();
    },
  };
}
