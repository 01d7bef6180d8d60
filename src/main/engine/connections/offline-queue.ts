import type { PublishInput } from '../../../shared/contract/messages.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';

type Message = Omit<PublishInput, 'source'>;

/** What waits for the connection may have this much payload together. */
const maxBytes = 64 * 1024 * 1024;

/** Messages published while a connection is down, oldest first. */
export class OfflineQueue {
  #messages: Message[] = [];
  #bytes = 0;

  get size(): number {
    return this.#messages.length;
  }

  /** Throws `not-connected` where there is no more room. */
  add(message: Message, most: number): void {
    if (this.#messages.length >= most || this.#bytes + message.payload.byteLength > maxBytes) {
      throw new CodedError('not-connected', `The connection is down, and ${this.#messages.length.toLocaleString('en-GB')} messages wait for it already.`, {
        advice: 'Wait until it is back, or raise the limit of waiting messages in the connection.',
      });
    }
    this.#messages.push(message);
    this.#bytes += message.payload.byteLength;
  }

  /** All of them; none wait any more. */
  take(): readonly Message[] {
    const messages = this.#messages;
    this.#messages = [];
    this.#bytes = 0;
    return messages;
  }
}
