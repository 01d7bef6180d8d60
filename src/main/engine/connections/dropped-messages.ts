import type { DroppedMessage } from '../../../shared/contract/connections.ts';

const keptMessages = 50;
const keptHeadBytes = 256;

/** Messages that were larger than the profile allows: all counted, the last ones with their beginning. */
export class DroppedMessages {
  #count = 0;
  #last: DroppedMessage[] = [];

  get count(): number {
    return this.#count;
  }

  /** `head` may be the whole payload; its beginning is copied. */
  add(message: DroppedMessage): void {
    this.#count += 1;
    this.#last = [{ ...message, head: message.head.slice(0, keptHeadBytes) }, ...this.#last.slice(0, keptMessages - 1)];
  }

  /** Newest first. */
  list(): readonly DroppedMessage[] {
    return this.#last;
  }
}
