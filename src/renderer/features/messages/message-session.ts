import type { SourceId } from '../../../shared/contract/common.ts';
import type { Engine, Pacing } from '../common/index.ts';
import { MessageList } from './message-list.ts';
import { ShownMessageModel } from './shown-message.ts';

/** Everything the page holds about one topic while it is selected: its history, and the message that is shown. */
export interface MessageSession {
  readonly source: SourceId;
  readonly topic: string;
  readonly list: MessageList;
  readonly shown: ShownMessageModel;
  /** Holds both the list and the value still; the list counts what comes meanwhile. */
  setPaused(paused: boolean): void;
  /** Shows a message of the history; `null` goes back to the newest. */
  select(id: number | null): void;
  close(): void;
}

export function openMessageSession(engine: Engine, source: SourceId, topic: string, maxBytes: number, pacing: Pacing): MessageSession {
  const shown = new ShownMessageModel(engine, source, topic, maxBytes, pacing);
  const list = new MessageList(engine, source, topic, pacing, () => shown.newer());
  return {
    source,
    topic,
    list,
    shown,
    setPaused: (paused) => {
      list.setPaused(paused);
      shown.setHeld(paused);
    },
    select: (id) => {
      if (id !== null) void shown.show(id);
      else {
        shown.showLatest();
        list.jumpToNewest();
        shown.setHeld(false);
      }
    },
    close: () => {
      list.close();
      shown.close();
    },
  };
}
