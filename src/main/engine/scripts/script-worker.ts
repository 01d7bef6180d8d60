import { parentPort, workerData } from 'node:worker_threads';
import type { GuestTask } from './guest/guest.ts';
import { checkSource } from './sandbox/check-source.ts';
import { Sandbox } from './sandbox/sandbox.ts';
import { createTurnClock } from './sandbox/turn-clock.ts';
import type { Fault, FromScriptThread, ScriptDefinition, ToScriptThread } from './script-messages.ts';

// Entry of the thread that runs scripts: each in a sandbox of its own, all of them in turns.

interface Seat {
  readonly definition: ScriptDefinition;
  sandbox: Sandbox | undefined;
  /** While the sandbox is being made. */
  readonly waiting: Map<number, Omit<GuestTask, 'call'>>;
}

const clock = createTurnClock((workerData as { readonly cells: Int32Array }).cells);
const seats = new Map<number, Seat>();
const send = (message: FromScriptThread): void => parentPort?.postMessage(message);

function open(script: number, seat: Seat): void {
  const sandbox = new Sandbox(script, seat.definition, clock, {
    done: (call, result) => send({ type: 'done', call, result }),
    failed: (call, fault) => send({ type: 'failed', call, fault }),
    request: (call, request, name, args) => send({ type: 'request', script, call, request, name, args }),
    print: (call, level, text) => send({ type: 'console', call, level, text }),
    ended: () => {
      if (seat.sandbox === sandbox) seat.sandbox = undefined;
    },
  });
  seat.sandbox = sandbox;
  const begin = (): void => {
    for (const [call, task] of seat.waiting) sandbox.call(call, task);
    seat.waiting.clear();
  };
  const refuse = (error: unknown): void => {
    seat.sandbox = undefined;
    const message = `There is no memory for one more script (${error instanceof Error ? error.message : String(error)}).`;
    const fault: Fault = { kind: 'error', name: 'Error', message, stack: '', place: null, advice: 'Close scripts that are not needed.' };
    for (const call of seat.waiting.keys()) send({ type: 'failed', call, fault });
    seat.waiting.clear();
  };
  sandbox.open().then(begin, refuse);
}

function receive(message: ToScriptThread): void {
  if (message.type === 'check') {
    const { check, source } = message;
    checkSource(source).then(
      (fault) => send({ type: 'checked', check, fault }),
      () => send({ type: 'checked', check, fault: null }),
    );
    return;
  }
  const { script } = message;
  if (message.type === 'open') return void seats.set(script, { definition: message.definition, sandbox: undefined, waiting: new Map() });
  const seat = seats.get(script);
  if (!seat) return;
  const { sandbox, waiting } = seat;
  switch (message.type) {
    case 'call': {
      const { call, exportName, args, bigs } = message;
      if (sandbox && waiting.size === 0) return sandbox.call(call, { exportName, args, bigs });
      waiting.set(call, { exportName, args, bigs });
      return sandbox ? undefined : open(script, seat);
    }
    case 'cancel':
      if (!waiting.delete(message.call)) sandbox?.cancel(message.call);
      return undefined;
    case 'answer':
      return sandbox?.settle(message.request, { value: message.value, bigs: message.bigs });
    case 'refuse':
      return sandbox?.settle(message.request, { message: message.message, code: message.code });
    case 'close':
      sandbox?.close();
      seats.delete(script);
      return undefined;
  }
}

parentPort?.on('message', receive);
send({ type: 'ready' });
