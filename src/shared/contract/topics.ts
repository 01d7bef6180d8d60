import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { sourceIdSchema, topicTextSchema } from './common.ts';

const topicSortSchema = z.enum(['name', 'messages', 'recent']);
export type TopicSort = z.infer<typeof topicSortSchema>;

const viewIdSchema = z.string().min(1).max(64);

/** One visible row. A node's path is its levels joined with `/`; depth 0 is the first level. */
export interface TopicRow {
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  readonly expanded: boolean;
  /** Direct children. */
  readonly childCount: number;
  /** Topics with at least one message in this subtree, itself included. */
  readonly topicCount: number;
  /** Messages in this subtree, itself included. */
  readonly messageCount: number;
  /** Messages on exactly this topic. */
  readonly ownMessageCount: number;
  /** Start of the last value on exactly this topic, as one line; `null` when there was none. */
  readonly preview: string | null;
  readonly previewKind: 'json' | 'text' | 'binary' | 'empty';
  readonly retained: boolean;
  /** Messages per second in this subtree, smoothed over a few seconds. */
  readonly rate: number;
  /** Time of the last message in this subtree, Unix µs. */
  readonly lastTimeUs: number;
  /** Position among siblings and their number, for assistive technology (1-based). */
  readonly positionInSet: number;
  readonly setSize: number;
}

export interface TopicsFrame {
  readonly firstRow: number;
  readonly rows: readonly TopicRow[];
  /** Rows of the whole flattened view: what a scroll bar spans. */
  readonly totalRows: number;
  readonly topicCount: number;
  readonly messageCount: number;
  readonly rate: number;
  /** Topics that match the filter; `null` without a filter. */
  readonly matchCount: number | null;
}

const topicViewSchema = z.strictObject({
  viewId: viewIdSchema,
  first: z.int().min(0).max(100_000_000),
  count: z.int().min(0).max(500),
  /** Parts of a topic, or an MQTT filter when it holds `+` or `#`. Empty: all. */
  filter: z.string().max(1000),
  sort: topicSortSchema,
});
export type TopicView = z.infer<typeof topicViewSchema>;

export const topicsContract = {
  /** At most 20 frames a second, and none when nothing visible changed. The view lives as long as the stream. */
  'topics.watch': stream<TopicsFrame>()(z.strictObject({ source: sourceIdSchema, ...topicViewSchema.shape }), { overflow: 'coalesce', window: 2 }),
  'topics.setView': call<void>()(topicViewSchema),
  'topics.setExpanded': call<void>()(
    z.strictObject({ viewId: viewIdSchema, path: topicTextSchema, expanded: z.boolean(), recursive: z.boolean().default(false) }),
  ),
  /** Expands the ancestors of a topic; the row it then has, or `null` if it is not in the view. */
  'topics.reveal': call<{ readonly row: number | null }>()(z.strictObject({ viewId: viewIdSchema, path: topicTextSchema })),
  /** The path at a row, for keyboard moves beyond the visible part. */
  'topics.rowAt': call<TopicRow | null>()(z.strictObject({ viewId: viewIdSchema, row: z.int().min(0) })),
  /** Forgets what was seen from this source; retained messages of a broker stay there. */
  'topics.clear': call<void>()(z.strictObject({ source: sourceIdSchema })),
} as const;
