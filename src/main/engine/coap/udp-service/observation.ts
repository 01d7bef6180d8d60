import type { CoapEndStyle, CoapObserveEvent } from '../../../../shared/contract/coap-udp.ts';
import type { CoapClient, Observation } from '../udp/coap-client.ts';
import type { CoapFailure } from '../udp/coap-failure.ts';
import type { LoggedMessage } from '../udp/message-layer.ts';
import { lookUp, type Plan } from './plan-request.ts';
import { plainFailure, plainResponse } from './request-progress.ts';

/** To reject the next notification, it is awaited so long. */
const awaitNextMs = 300_000;

export interface ObserveParts {
  readonly openClient: (onLog: (message: LoggedMessage) => void) => CoapClient;
  /** Unix ms. */
  readonly now: () => number;
  /** The reader has gone: deregisters. */
  readonly signal: AbortSignal;
  /** Everything ends: tells nobody. */
  readonly closing: AbortSignal;
  readonly onResponse: (code: number) => void;
  readonly onEvent: (event: CoapObserveEvent) => void;
  /** From the beginning on it can be ended. */
  readonly onEndable: (end: (style: CoapEndStyle) => void) => void;
}

/** Observes until it is ended by somebody; resolves then. */
export async function observeResource({ request }: Plan, parts: ObserveParts): Promise<void> {
  const { now, signal, onEvent, onResponse } = parts;
  const asked = Promise.withResolvers<CoapEndStyle>();
  const ended = Promise.withResolvers<CoapFailure | null>();
  const rejected = Promise.withResolvers<void>();
  let ending: CoapEndStyle | null = null;
  const end = (style: CoapEndStyle): void => {
    // Who waits for the next notification may change their mind.
    if (ending !== null && style !== 'forget') return;
    if (ending === 'reset') rejected.resolve();
    ending = style;
    onEvent({ kind: 'ending', style });
    asked.resolve(style);
    if (style === 'forget') beginning.abort();
  };
  const beginning = new AbortController();
  let registered = false;
  const leave = (): void => {
    // What is not registered yet has nothing to be taken back; else the same signal would break off deregistering.
    if (!registered) beginning.abort();
    if (ending === null) end('deregister');
    rejected.resolve();
  };
  signal.addEventListener('abort', leave);
  parts.onEndable(end);
  const client = parts.openClient(({ direction, packet }) => {
    if (ending === 'reset' && direction === 'out' && packet?.type === 'RST') rejected.resolve();
  });
  const close = (): void => client.close();
  parts.closing.addEventListener('abort', close);
  try {
    const host = await lookUp(request.host);
    const { response, observation } = await client.observe(
      { ...request, host },
      {
        // Later blocks of notifications go on with it: forgetting alone breaks them off.
        signal: beginning.signal,
        onNotification(notification) {
          onResponse(notification.packet.code);
          onEvent({ kind: 'notification', response: plainResponse(notification, now()) });
        },
        onEnd: ended.resolve,
      },
    );
    registered = true;
    onResponse(response.packet.code);
    onEvent({ kind: 'registered', response: plainResponse(response, now()), observed: observation !== null });
    if (observation) await untilEnded(observation);
    else onEvent({ kind: 'ended', by: 'server', failure: null });
  } catch (error) {
    onEvent({ kind: 'ended', by: ending ?? 'failure', failure: plainFailure(error) });
  } finally {
    signal.removeEventListener('abort', leave);
    parts.closing.removeEventListener('abort', close);
    close();
  }

  async function untilEnded(observation: Observation): Promise<void> {
    const style = await Promise.race([asked.promise, ended.promise.then((failure) => ({ failure }))]);
    if (typeof style === 'object') {
      const { failure } = style;
      onEvent({ kind: 'ended', by: failure ? 'failure' : 'server', failure: failure && plainFailure(failure) });
      return;
    }
    await observation.cancel(style);
    if (style === 'reset' && !signal.aborted) {
      const timer = setTimeout(rejected.resolve, awaitNextMs);
      timer.unref();
      await rejected.promise;
      clearTimeout(timer);
    }
    onEvent({ kind: 'ended', by: ending ?? style, failure: null });
  }
}
