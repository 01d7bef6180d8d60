import type { CallFilter, CallExportFormat, CallsExportPart } from '../../../../shared/contract/call-history.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { CallDetail } from '../../../../shared/contract/rpc.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { StreamSink } from '../../../../shared/ipc/stream-sink.ts';
import { maxPayloadBytes } from '../../../../shared/rpc/json-payload.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';
import type { CallStore } from '../../store/index.ts';
import { detailOf, type CallRecord, type ReadableMessage } from '../calls/call-record.ts';
import type { DialectRegistry } from '../dialects/index.ts';
import { fromStored, loadedDetail, type LoadedCall } from './call-body.ts';
import { matcherOf } from './call-filter.ts';
import { CallRecorder } from './call-recorder.ts';
import { CallsView, type CallsWindow, type RecentCalls } from './calls-view.ts';
import type { ExportedCall } from './export/exported-call.ts';
import { exportCalls, exportFormat } from './export/export-calls.ts';
import { IdList } from './id-list.ts';

/** The calls in memory, which can be cleared. */
interface Recent extends RecentCalls {
  clear(source: SourceId | undefined): number;
}

export interface CallHistoryOptions {
  readonly recent: Recent;
  readonly store: CallStore;
  readonly dialects: Pick<DialectRegistry, 'find'>;
  /** The payload of a message in the history; `null`: it is not there. */
  readonly payload: (messageId: number, maxBytes: number) => Promise<Uint8Array | null>;
  readonly appVersion: string;
  readonly onBug: (error: unknown) => void;
}

/** Every call seen: those in memory, and those that the store keeps. */
export interface CallHistory {
  /** A call is new, or another than before. Never throws. */
  changed(call: CallRecord): void;
  /** A call is to be remembered nowhere. */
  takenOut(call: CallRecord): void;
  /** The store says something else about itself. */
  storeChanged(): void;
  open(filter: CallFilter, window: CallsWindow): { readonly view: CallsView; readonly changed: Notifier; close(): void };
  /** A call that is in memory no more; `null`: it is nowhere. */
  stored(id: number): Promise<CallDetail | null>;
  /** Told when calls have been deleted. */
  readonly deleted: Notifier;
  ofMessage(messageId: number): Promise<number | null>;
  clear(source: SourceId | undefined): Promise<number>;
  export(filter: CallFilter, format: CallExportFormat, sink: StreamSink<CallsExportPart>): Promise<void>;
  /** The calls that fit, newest first. Rejects with `cancelled`, and with what keeps the store from being read. */
  each(filter: CallFilter, signal: AbortSignal): AsyncIterable<CallDetail>;
  /** Hands the store what it has not seen yet. */
  flush(): void;
}

export function createCallHistory({ recent, store, dialects, payload, appVersion, onBug }: CallHistoryOptions): CallHistory {
  const recorder = new CallRecorder(store, onBug);
  const views = new Map<CallsView, Notifier>();
  const deleted = createNotifier();
  let expired = 0;
  /** Calls that are not stored, as the views have told. */
  let known = 0;

  const notStored = (): number => store.ledger().dropped.reduce((sum, { count }) => sum + count, 0);
  const flush = (): void => recorder.flush();
  const load = async (ids: readonly number[]): Promise<ReadonlyMap<number, LoadedCall>> => {
    flush();
    const loaded = (await store.bodies(ids)).map((call) => fromStored(call, dialects)).filter((call) => call !== null);
    return new Map(loaded.map((call) => [call.id, call]));
  };
  /** Of a message that is kept with the call only in part, the history may have all. */
  const completed = async <T extends ReadableMessage>(message: T): Promise<T> => {
    const { sizeBytes, messageId } = message;
    if (message.payload.byteLength >= sizeBytes || sizeBytes > maxPayloadBytes || messageId === 0) return message;
    const whole = await payload(messageId, maxPayloadBytes);
    return whole?.byteLength === sizeBytes ? { ...message, payload: whole } : message;
  };
  const find = (filter: CallFilter, signal: AbortSignal): Promise<readonly number[]> => {
    const matches = matcherOf(filter);
    const inMemory: number[] = [];
    for (const call of recent.newestFirst()) if (matches(call)) inMemory.push(call.id);
    const ids = new IdList(inMemory.toReversed());
    flush();
    return new Promise((resolve, reject) => {
      const stop = store.scan(filter, {
        step: (step) => {
          for (const id of step.ids) if (!recent.get(id)) ids.add(id);
        },
        end: (error) => (error ? reject(error) : resolve(ids.slice(0, ids.length))),
      });
      signal.addEventListener('abort', () => (stop(), reject(new CodedError('cancelled'))), { once: true });
    });
  };
  const readExported = async (ids: readonly number[]): Promise<readonly ExportedCall[]> => {
    const loaded = await load(ids.filter((id) => !recent.get(id)));
    return ids.flatMap((id): readonly ExportedCall[] => {
      const inMemory = recent.get(id);
      if (inMemory) return [{ ...inMemory, detail: detailOf(inMemory) }];
      const call = loaded.get(id);
      return call ? [{ ...call, detail: loadedDetail(call) }] : [];
    });
  };

  return {
    changed(call) {
      recorder.changed(call);
      for (const view of views.keys()) view.call(call);
    },
    takenOut(call) {
      recorder.takenOut(call);
      for (const view of views.keys()) view.takenOut(call.id);
    },
    storeChanged() {
      const now = store.ledger().expired;
      if (now !== expired) for (const view of views.keys()) view.expired();
      expired = now;
      const missing = notStored();
      if (missing !== known) for (const view of views.keys()) view.refresh();
      known = missing;
    },
    open(filter, window) {
      const changed = createNotifier();
      const view = new CallsView({ recent, store, flush, notStored, onChange: changed.notify }, filter, window);
      views.set(view, changed);
      return {
        view,
        changed,
        close() {
          views.delete(view);
          view.close();
        },
      };
    },
    async stored(id) {
      const call = (await load([id])).get(id);
      if (!call) return null;
      const [request, ...answers] = await Promise.all([call.request && completed(call.request), ...call.answers.map(completed)]);
      return loadedDetail({ ...call, request, answers });
    },
    deleted,
    async ofMessage(messageId) {
      for (const { id, request, answers } of recent.newestFirst()) {
        if (request?.messageId === messageId || answers.some((answer) => answer.messageId === messageId)) return id;
      }
      flush();
      return store.ofMessage(messageId);
    },
    async clear(source) {
      const stays = new Set<CallRecord>();
      recorder.forget((call) => source === undefined || call.source === source);
      const inMemory = [...recent.newestFirst()].filter((call) => source === undefined || call.source === source);
      recent.clear(source);
      for (const call of inMemory) if (recent.get(call.id)) stays.add(call);
      // Of those in memory some are on disk as well: each counts once.
      const removed = inMemory.filter((call) => !stays.has(call));
      let cleared = removed.filter(({ state }) => state === 'pending').length;
      try {
        cleared = Math.max(removed.length, cleared + (await store.clear(source)));
      } catch (error) {
        cleared = removed.length;
        if (!(error instanceof CodedError && error.code === 'store-unavailable')) throw error;
      } finally {
        for (const view of views.keys()) view.cleared();
        deleted.notify();
      }
      return cleared;
    },
    async export(filter, format, sink) {
      await exportCalls(await find(filter, sink.signal), readExported, exportFormat(format, appVersion), sink);
    },
    async *each(filter, signal) {
      const ids = await find(filter, signal);
      for (let at = 0; at < ids.length && !signal.aborted; at += 50) {
        for (const { detail } of await readExported(ids.slice(at, at + 50))) yield detail;
      }
    },
    flush,
  };
}
