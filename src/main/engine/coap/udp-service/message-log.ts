import type { CoapLogDetail, CoapLogPage, CoapLogRow } from '../../../../shared/contract/coap-udp.ts';
import { coapUdpLimits } from '../../../../shared/coap/udp/limits.ts';
import { formatOptionValue } from '../../../../shared/coap/udp/option-value.ts';
import { findOption } from '../../../../shared/coap/udp/options.ts';
import { codeTitle, formatCode, type CoapPacket } from '../../../../shared/coap/udp/packet.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';
import type { LoggedMessage } from '../udp/message-layer.ts';
import { peerText } from './peer-text.ts';

const maxOptionsText = 500;

interface Entry {
  readonly row: CoapLogRow;
  readonly message: LoggedMessage;
  /** Small letters, for filters. */
  readonly words: string;
}

export interface LogQuery {
  readonly offset: number;
  readonly limit: number;
  readonly text: string;
  readonly direction: 'all' | 'in' | 'out';
}

/** The last messages of all requests, bounded in number and bytes; what is forgotten is counted. */
export class MessageLog {
  readonly changed: Notifier = createNotifier();
  readonly #now: () => number;
  readonly #clock: () => number;
  /** The oldest first. */
  #entries: Entry[] = [];
  #bytes = 0;
  #forgotten = 0;
  #lastId = 0;

  constructor(now: () => number, clock: () => number) {
    this.#now = now;
    this.#clock = clock;
  }

  add(message: LoggedMessage): void {
    const { direction, peer, packet, bytes, note } = message;
    const row: CoapLogRow = {
      id: (this.#lastId += 1),
      at: this.#now() - (this.#clock() - message.at),
      direction,
      peer: peerText(peer),
      type: packet?.type ?? null,
      code: packet?.code ?? null,
      messageId: packet?.messageId ?? null,
      token: packet?.token ?? null,
      options: packet ? optionsText(packet) : '',
      payloadBytes: packet?.payload.length ?? 0,
      bytes: bytes.length,
      note,
    };
    this.#entries.push({ row, message, words: wordsOf(row) });
    this.#bytes += bytes.length;
    let drop = Math.max(0, this.#entries.length - coapUdpLimits.logMessages);
    for (let at = 0, left = this.#bytes; left > coapUdpLimits.logBytes; at += 1) {
      left -= this.#entries[at]?.row.bytes ?? left;
      drop = Math.max(drop, at + 1);
    }
    if (drop > 0) {
      for (const gone of this.#entries.splice(0, drop)) this.#bytes -= gone.row.bytes;
      this.#forgotten += drop;
    }
    this.changed.notify();
  }

  page({ offset, limit, text, direction }: LogQuery): CoapLogPage {
    const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
    const all = wanted.length === 0 && direction === 'all';
    const fitting = all
      ? this.#entries
      : this.#entries.filter(({ row, words }) => (direction === 'all' || row.direction === direction) && wanted.every((word) => words.includes(word)));
    const end = Math.max(0, fitting.length - offset);
    const rows = fitting
      .slice(Math.max(0, end - limit), end)
      .toReversed()
      .map(({ row }) => row);
    return { rows, total: fitting.length, kept: this.#entries.length, forgotten: this.#forgotten };
  }

  detail(id: number): CoapLogDetail | null {
    const found = this.#entries.find(({ row }) => row.id === id);
    if (!found) return null;
    const { row, message } = found;
    return { row, bytes: message.bytes, optionList: message.packet?.options ?? [], payload: message.packet?.payload ?? new Uint8Array(0) };
  }

  clear(): void {
    this.#entries = [];
    this.#bytes = 0;
    this.#forgotten = 0;
    this.changed.notify();
  }
}

function optionsText({ options }: CoapPacket): string {
  const words = options.map((option) => {
    const value = formatOptionValue(option);
    const name = findOption(option.number)?.name ?? `Option ${option.number}`;
    return value === '' ? name : `${name}: ${value}`;
  });
  const text = words.join(', ');
  return text.length > maxOptionsText ? `${text.slice(0, maxOptionsText)}…` : text;
}

function wordsOf({ peer, type, code, messageId, token, options, note }: CoapLogRow): string {
  const parts = [peer, type, code === null ? null : `${formatCode(code)} ${codeTitle(code) ?? ''}`, messageId, token && Buffer.from(token).toString('hex')];
  return [...parts, options, note]
    .filter((part) => part !== null)
    .join(' ')
    .toLowerCase();
}
