import type { CoapBridgeLog, CoapBridgeLogRow, CoapBridgeStatus } from '../../../../shared/contract/coap-bridges.ts';

const maxRows = 500;
const maxText = 1000;

export interface Exchange extends Pick<CoapBridgeLogRow, 'from' | 'request' | 'carriedAs' | 'answered' | 'received' | 'totalMs' | 'otherMs' | 'note'> {
  /** 205 for 2.05 as well; `null`: nothing was answered. */
  readonly code: number | null;
  readonly end: 'carried' | 'refused' | 'unanswered';
}

/** What a bridge has carried: counted since its start, and the newest of it in a log. */
export class BridgeJournal {
  readonly #now: () => number;
  readonly #onChange: () => void;
  readonly #byCode = new Map<number, number>();
  #counts = { carried: 0, refused: 0, unanswered: 0 };
  #rows: CoapBridgeLogRow[] = [];
  #last = 0;
  #forgotten = 0;

  constructor(now: () => number, onChange: () => void) {
    this.#now = now;
    this.#onChange = onChange;
  }

  get counts(): Pick<CoapBridgeStatus, 'byCode' | 'carried' | 'refused' | 'unanswered'> {
    const byCode = [...this.#byCode].map(([code, count]) => ({ code, count })).toSorted((one, other) => one.code - other.code);
    return { byCode, ...this.#counts };
  }

  /** Counts begin anew; the log goes on. */
  start(): void {
    this.#byCode.clear();
    this.#counts = { carried: 0, refused: 0, unanswered: 0 };
  }

  exchange({ code, end, ...row }: Exchange): void {
    if (code !== null) this.#byCode.set(code, (this.#byCode.get(code) ?? 0) + 1);
    this.#counts[end] += 1;
    this.#push({ ...row, level: code === null || code >= 500 ? 'error' : code >= 400 || row.note !== '' ? 'warn' : 'info' });
  }

  note(level: CoapBridgeLogRow['level'], note: string): void {
    this.#push({ level, note, from: '', request: '', carriedAs: '', answered: null, received: null, totalMs: null, otherMs: null });
  }

  view(): CoapBridgeLog {
    return { rows: [...this.#rows], forgotten: this.#forgotten };
  }

  clear(): void {
    this.#rows = [];
    this.#forgotten = 0;
    this.#onChange();
  }

  #push(row: Omit<CoapBridgeLogRow, 'number' | 'at'>): void {
    this.#last += 1;
    const { from, request, carriedAs, note } = row;
    const texts = { from: shortened(from), request: shortened(request), carriedAs: shortened(carriedAs), note: shortened(note) };
    this.#rows.push({ ...row, ...texts, number: this.#last, at: this.#now() });
    if (this.#rows.length > maxRows) {
      this.#rows.shift();
      this.#forgotten += 1;
    }
    this.#onChange();
  }
}

const shortened = (text: string): string => (text.length > maxText ? `${text.slice(0, maxText)}…` : text);
