import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { CallFiles } from './calls/call-files.ts';
import type { StoredCall } from './calls/stored-call.ts';
import { HistoryFiles, type HistoryFilesOptions } from './history-files.ts';
import type { KeptAside } from './kept-aside.ts';

/** Calls take at most this part of the budget; what they leave is for the messages. */
const callsPart = 1 / 4;

/** What the store keeps in its folder: messages and calls, together within the budget. Lives in the store's thread; everything here is synchronous. */
export class History {
  readonly messages: HistoryFiles;
  readonly calls: CallFiles;
  readonly #marker: string;
  #budgetBytes: number;
  #callsBytes: number;

  constructor(options: Omit<HistoryFilesOptions, 'check'>) {
    const { folder, budgetBytes } = options;
    mkdirSync(folder, { recursive: true });
    this.#marker = path.join(folder, 'in-use');
    this.#budgetBytes = budgetBytes;
    const check = existsSync(this.#marker);
    this.calls = new CallFiles({ ...options, check, budgetBytes: budgetBytes * callsPart });
    this.#callsBytes = this.calls.sizeBytes();
    this.messages = new HistoryFiles({ ...options, check, budgetBytes: budgetBytes - this.#callsBytes });
    writeFileSync(this.#marker, '');
  }

  get keptAside(): readonly KeptAside[] {
    return [...this.messages.keptAside, ...this.calls.keptAside];
  }

  append(source: SourceId, records: readonly MessageRecord[]): void {
    this.messages.append(source, records);
  }

  putCalls(calls: readonly StoredCall[]): void {
    this.calls.put(calls);
    this.#shareBudget();
  }

  clearCalls(source: SourceId | undefined): number {
    const deleted = this.calls.clear(source);
    this.#shareBudget();
    return deleted;
  }

  setBudget(bytes: number): void {
    this.#budgetBytes = bytes;
    this.calls.setBudget(bytes * callsPart);
    this.#shareBudget();
  }

  sizes(): { readonly sizeBytes: number; readonly expired: number; readonly callsBytes: number; readonly callsExpired: number } {
    return {
      sizeBytes: this.messages.sizeBytes() + this.#callsBytes,
      expired: this.messages.expired,
      callsBytes: this.#callsBytes,
      callsExpired: this.calls.expired,
    };
  }

  close(): void {
    this.messages.close();
    this.calls.close();
    rmSync(this.#marker, { force: true });
  }

  #shareBudget(): void {
    this.#callsBytes = this.calls.sizeBytes();
    this.messages.setBudget(this.#budgetBytes - this.#callsBytes);
  }
}
