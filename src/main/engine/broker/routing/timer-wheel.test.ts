import { strictEqual as same } from 'node:assert/strict';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RandomTopics } from './random-topics.ts';
import { TimerWheel, type WheelTimer } from './timer-wheel.ts';

describe('TimerWheel', () => {
  let nowMs = 12_345;
  let fired: string[] = [];
  const wheelOf = (limits: { readonly maxPerTick?: number; readonly slots?: number } = {}): TimerWheel =>
    new TimerWheel({ nowMs: () => nowMs, resolutionMs: 100, slots: 16, ...limits });
  const tick = (wheel: TimerWheel, ms = 100): string => {
    nowMs += ms;
    fired = [];
    wheel.advance();
    return fired.join('');
  };
  const note = (name: string) => (): void => void fired.push(name);
  beforeEach(() => {
    nowMs = 12_345;
    fired = [];
  });

  it('sets off once, never early and at most one tick late', () => {
    const wheel = wheelOf();
    const timer = wheel.schedule(250, note('a'));
    expect([tick(wheel), tick(wheel), timer.isScheduled]).toEqual(['', '', true]);
    expect([tick(wheel), timer.isScheduled, wheel.size]).toEqual(['a', false, 0]);
    expect([tick(wheel), tick(wheel, 10_000)]).toEqual(['', '']);
  });

  it('waits many rounds for a far timer', () => {
    const wheel = wheelOf();
    wheel.schedule(0xffff_fffe * 1000, note('years'));
    wheel.schedule(5000, note('seconds'));
    for (let n = 0; n < 50; n += 1) expect(tick(wheel)).toBe('');
    expect(tick(wheel)).toBe('seconds');
    expect(wheel.size).toBe(1);
    nowMs += 0xffff_fffe * 1000;
    expect(tick(wheel)).toBe('years');
  });

  it('cancels, also twice, what is gone and what was never set', () => {
    const wheel = wheelOf();
    const timer = wheel.schedule(100, note('a'));
    wheel.cancel(timer);
    wheel.cancel(timer);
    wheel.cancel(undefined);
    expect([wheel.size, tick(wheel, 500)]).toEqual([0, '']);
    const never = wheel.schedule(Infinity, note('never'));
    expect([never.isScheduled, wheel.size, tick(wheel, 1e9)]).toEqual([false, 0, '']);
  });

  it('moves a timer later, earlier, and sets it again', () => {
    const wheel = wheelOf();
    const timer = wheel.schedule(300, note('a'));
    wheel.reschedule(timer, 2000);
    for (let n = 0; n < 10; n += 1) expect(tick(wheel)).toBe('');
    wheel.reschedule(timer, 100);
    expect([tick(wheel), tick(wheel)]).toEqual(['', 'a']);
    wheel.reschedule(timer, 0);
    expect(tick(wheel)).toBe('a');
    wheel.reschedule(timer, 1000);
    wheel.reschedule(timer, Infinity);
    expect([wheel.size, tick(wheel, 5000)]).toEqual([0, '']);
  });

  it('lets what goes off cancel, move and set others', () => {
    const wheel = wheelOf();
    const others: WheelTimer[] = [];
    wheel.schedule(100, () => {
      fired.push('a');
      wheel.cancel(others[0]);
      wheel.reschedule(others[1] as WheelTimer, 1000);
      wheel.schedule(0, note('d'));
    });
    others.push(wheel.schedule(100, note('b')), wheel.schedule(100, note('c')));
    expect([tick(wheel, 200), tick(wheel), wheel.size]).toEqual(['a', 'd', 1]);
    expect(tick(wheel, 2000)).toBe('c');
  });

  it('does not go round for ever when a timer sets itself again at once', () => {
    const wheel = wheelOf();
    const again = (): void => {
      fired.push('x');
      wheel.schedule(0, again);
    };
    again();
    expect([tick(wheel), tick(wheel), tick(wheel, 3000)]).toEqual(['x', 'x', 'x']);
  });

  it('goes on with the others after one that throws', () => {
    const wheel = wheelOf();
    wheel.schedule(0, () => {
      throw new Error('a bug');
    });
    wheel.schedule(0, note('b'));
    expect(() => tick(wheel)).toThrow('a bug');
    expect([tick(wheel), wheel.size]).toEqual(['b', 0]);
  });

  it('spreads what is due after a long sleep over ticks', () => {
    const wheel = wheelOf({ maxPerTick: 10 });
    for (let n = 0; n < 35; n += 1) wheel.schedule(n * 100, note('x'));
    nowMs += 3_600_000;
    expect([tick(wheel), tick(wheel), tick(wheel), tick(wheel), tick(wheel)].map(({ length }) => length)).toEqual([10, 10, 10, 5, 0]);
  });

  it('looks at a bounded number of far timers in one tick', () => {
    const wheel = wheelOf({ maxPerTick: 10, slots: 1 });
    for (let n = 0; n < 500; n += 1) wheel.schedule(1e6, note('far'));
    wheel.schedule(100, note('near'));
    nowMs += 200;
    let ticks = 1;
    while (!wheel.advance()) ticks += 1;
    expect([fired, ticks]).toEqual([['near'], 4]);
  });

  it('tells the time at each tick before anything goes off', () => {
    const wheel = new TimerWheel({ nowMs: () => nowMs, onTick: (at) => void fired.push(String(at - 12_345)) });
    wheel.schedule(100, note('a'));
    expect(tick(wheel, 1000)).toBe('1000a');
  });

  it.each([1, 2, 3])('agrees with a naive model over 20,000 operations (seed %d)', (seed) => {
    const random = new RandomTopics(seed);
    const wheel = wheelOf();
    const due = new Map<number, number>();
    const timers = Array.from({ length: 200 }, (_, id) =>
      wheel.schedule(Infinity, () => {
        same((due.get(id) ?? Infinity) <= nowMs, true);
        due.delete(id);
      }),
    );
    for (let step = 0; step < 20_000; step += 1) {
      const what = random.integer(100);
      const id = random.integer(timers.length);
      const timer = timers[id] as WheelTimer;
      if (what < 50) {
        const delayMs = random.pick([0, 1, 99, 100, random.integer(3000), random.integer(100_000)]);
        wheel.reschedule(timer, delayMs);
        due.set(id, nowMs + delayMs);
      } else if (what < 60) {
        wheel.cancel(timer);
        due.delete(id);
      } else if (what < 65) nowMs += random.integer(100);
      else {
        nowMs += random.chance(2) ? random.integer(50_000) : random.integer(150);
        same(wheel.advance(), true);
        // One that is set after the tick of this very time goes off in the next.
        same(
          Array.from(due.values()).every((deadlineMs) => deadlineMs >= Math.floor(nowMs / 100) * 100),
          true,
        );
      }
      same(wheel.size, due.size);
    }
  });

  describe('its interval', () => {
    afterEach(() => {
      vi.useRealTimers();
    });

    it('runs from start to stop, one however often it is started', () => {
      vi.useFakeTimers();
      const wheel = new TimerWheel({ nowMs: () => Date.now(), resolutionMs: 100 });
      wheel.schedule(1000, note('a'));
      vi.advanceTimersByTime(2000);
      expect(fired).toEqual([]);
      wheel.start();
      wheel.start();
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(200);
      expect(fired).toEqual(['a']);
      wheel.stop();
      wheel.stop();
      expect(vi.getTimerCount()).toBe(0);
    });

    it('does not keep the process running', () => {
      const count = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
      const before = count();
      const wheel = new TimerWheel({ nowMs: () => performance.now() });
      wheel.start();
      expect(count()).toBe(before);
      wheel.stop();
    });
  });
});
