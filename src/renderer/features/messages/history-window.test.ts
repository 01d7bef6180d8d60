import { describe, expect, it } from 'vitest';
import type { MessageRow } from '../../../shared/contract/messages.ts';
import { HistoryWindow } from './history-window.ts';

const message = (id: number): MessageRow => ({
  id,
  timeUs: id,
  topic: 't',
  qos: 0,
  retain: false,
  dup: false,
  direction: 'in',
  publisher: null,
  sizeBytes: 0,
  head: new Uint8Array(0),
});
/** Ids from `from` down to `to`. */
const down = (from: number, to: number): MessageRow[] => Array.from({ length: from - to + 1 }, (_, at) => message(from - at));
const up = (from: number, to: number): MessageRow[] => down(to, from).toReversed();

describe('HistoryWindow', () => {
  it('puts newer messages in front of the pinned page', () => {
    const list = new HistoryWindow();
    list.reset(down(200, 101), 200);
    expect(list.append(up(199, 203))).toBe(3);
    expect(list.length).toBe(203);
    expect([list.row(0)?.id, list.row(2)?.id, list.row(3)?.id]).toEqual([203, 201, 200]);
    expect(list.pinId).toBe(200);
    expect(list.newestId).toBe(203);
  });

  it('names the missing page behind what is visible, counted from the pin', () => {
    const list = new HistoryWindow();
    list.reset(down(1000, 901), 1000);
    list.append(up(1001, 1010));
    expect(list.missing(0, 109)).toBeUndefined();
    expect(list.missing(0, 110)).toEqual({ offset: 100, limit: 100 });
    list.place(100, down(900, 801), 1010, 100);
    expect(list.row(110)?.id).toBe(900);
    expect(list.missing(0, 209)).toBeUndefined();
  });

  it('shrinks when the oldest messages have expired', () => {
    const list = new HistoryWindow();
    list.reset(down(1000, 901), 1000);
    list.place(200, down(800, 751), 250, 100);
    expect(list.length).toBe(250);
    expect(list.missing(240, 400)).toBeUndefined();
  });

  it('moves its pin up after many new messages and keeps their positions', () => {
    const list = new HistoryWindow();
    list.reset(down(100, 1), 100);
    for (let id = 101; id <= 2500; id += 1) list.append([message(id)]);
    expect(list.length).toBe(2500);
    for (const index of [0, 1, 700, 2399, 2499]) expect(list.row(index)?.id).toBe(2500 - index);
    expect(list.pinId).toBeGreaterThan(100);
  });

  it('keeps a bounded number of rows while paging through a long history', () => {
    const list = new HistoryWindow();
    const total = 1_000_000;
    list.reset(down(total, total - 99), total);
    for (let page = 1; page < 200; page += 1) list.place(page * 100, down(total - page * 100, total - page * 100 - 99), total, 100);
    expect(list.row(19_950)?.id).toBe(total - 19_950);
    expect(list.row(50)).toBeUndefined();
    expect(list.missing(50, 60)).toEqual({ offset: 0, limit: 100 });
  });

  it('finds a message by id, live or paged', () => {
    const list = new HistoryWindow();
    list.reset(down(10, 1), 10);
    list.append(up(11, 12));
    expect([list.indexOf(12), list.indexOf(10), list.indexOf(1), list.indexOf(99)]).toEqual([0, 2, 11, -1]);
  });

  it('is empty without messages, and grows from there', () => {
    const list = new HistoryWindow();
    list.reset([], 0);
    expect(list.length).toBe(0);
    list.append(up(5, 6));
    expect(list.row(0)?.id).toBe(6);
  });
});
