import type { Qos } from '../../../shared/contract/common.ts';
import { CallTable } from '../../../shared/rpc/call-table.ts';
import type { BuiltRequest, Dialect, RpcMessage, RpcOutcome } from '../../../shared/rpc/dialect.ts';
import { rpcError, type RpcError } from '../../../shared/rpc/rpc-error.ts';
import { closeLink, openMqttLink, type MqttLink } from '../connections/index.ts';
import { nobodyThere, publishError, subscribeError } from './caller/local-errors.ts';
import { connectionError } from './connection-error.ts';
import type { LinkPlan } from './link-arguments.ts';

export interface CallPlan {
  readonly link: LinkPlan;
  readonly dialect: Dialect;
  readonly request: BuiltRequest;
  /** Of the request; absent: that of the dialect. */
  readonly qos?: Qos;
  /** For the answer, from the moment the request is sent. */
  readonly timeoutMs: number;
}

export interface CallReport {
  readonly outcome: RpcOutcome;
  /** From request to answer; `null`: no request was sent. */
  readonly elapsedMs: number | null;
  /** What else came to the reply topic, in sentences. */
  readonly notes: readonly string[];
}

const maxNotes = 5;
/** Real responders answer with QoS 1. */
const replyQos: Qos = 1;

/** Connects, calls, waits for the answer and disconnects. `null`: it was cancelled. */
export async function callOnce({ link: options, dialect, request, qos, timeoutMs }: CallPlan, signal: AbortSignal): Promise<CallReport | null> {
  const { key, message, replyTo } = request;
  const table = new CallTable({ now: () => performance.now() });
  const notes: string[] = [];
  const note = (text: string): void => void (notes.length < maxNotes && !notes.includes(text) && notes.push(text));
  let timer: NodeJS.Timeout | undefined;
  let link: MqttLink | undefined;
  let isUp = false;
  let isOver = false;

  const report = await new Promise<CallReport | null>((settle) => {
    const resolve = (report: CallReport | null): void => {
      isOver = true;
      settle(report);
    };
    const giveUp = (error: RpcError): void => {
      table.fail(key, error);
      resolve({ outcome: { error }, elapsedMs: null, notes });
    };
    const receive = (received: RpcMessage): void => {
      const parsed = dialect.parse(received);
      if (parsed.kind === 'response') {
        if (table.answer(received.topic, parsed.key, parsed.outcome) === 'orphan') note('An answer came that belongs to another call.');
      } else if (parsed.kind === 'invalid' && parsed.key === key) {
        table.answer(received.topic, key, { error: rpcError('INVALID_RPC_RESPONSE', 'remote', `The answer cannot be read: ${parsed.reason}.`) });
      } else if (parsed.kind === 'invalid') note(`A message on the reply topic cannot be read: ${parsed.reason}.`);
      else if (parsed.kind === 'other') note(`A message on the reply topic is not of this dialect: ${parsed.reason}.`);
    };
    const expireLater = (): void => {
      table.expire();
      const deadline = table.nextDeadline();
      // A timer may be early by a fraction of the clock's tick; then it is set once more.
      if (deadline !== null) timer = setTimeout(expireLater, Math.max(1, deadline - performance.now()));
    };
    const send = (opened: MqttLink): void => {
      const refusal = table.open({ key, replyTo, timeoutMs, onEnd: ({ outcome, elapsedMs }) => resolve({ outcome, elapsedMs, notes }) });
      if (refusal) return giveUp(refusal);
      expireLater();
      opened.publish({ ...message, qos: qos ?? message.qos, payload: message.payload, retain: false }).then(
        ({ noSubscribers }) => noSubscribers && table.fail(key, nobodyThere(message.topic)),
        (error: unknown) => table.fail(key, publishError(error)),
      );
    };
    const connected = (): void => {
      isUp = true;
      const opened = link as MqttLink;
      // Some brokers never answer SUBSCRIBE. The time for the call begins with its request.
      const notConfirmed = rpcError('SUBSCRIBE_FAILED', 'local', `The broker did not confirm the subscription to "${replyTo}".`);
      const tooLong = setTimeout(() => giveUp(notConfirmed), options.profile.connectTimeoutSeconds * 1000);
      timer = tooLong;
      opened.subscribe(replyTo, replyQos).then(
        ({ reason, reasonCode }) => {
          clearTimeout(tooLong);
          // Cancelled in between: nothing is sent any more.
          if (isOver) return;
          if (reason === null) send(opened);
          else giveUp(subscribeError(replyTo, reason, reasonCode));
        },
        // The link tells of its end itself.
        () => undefined,
      );
    };
    signal.addEventListener('abort', () => {
      table.cancel(key);
      resolve(null);
    });
    if (signal.aborted) return resolve(null);
    link = openMqttLink(
      { ...options, nowUs: () => Math.round((performance.timeOrigin + performance.now()) * 1000) },
      {
        connected,
        failed: (failure, wasConnected) => {
          isUp = false;
          giveUp(connectionError(failure, wasConnected));
        },
        messages: (records) => records.forEach(receive),
      },
    );
  });

  clearTimeout(timer);
  if (link) await closeLink(link, { isUp });
  return report;
}
