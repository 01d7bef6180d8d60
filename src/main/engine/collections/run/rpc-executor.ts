import type { SavedCall } from '../../../../shared/contract/collections.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { CallInput } from '../../../../shared/contract/rpc.ts';
import { fillCall } from '../../../../shared/collections/fill-request.ts';
import type { RpcOutcome } from '../../../../shared/rpc/dialect.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import type { RpcService } from '../../rpc/index.ts';
import type { CheckSubject } from '../checks/check-thread.ts';
import type { RequestExecutor } from './executor.ts';

/** Calls through the service that makes all own calls, so that those of a run are in the list as well. */
export function createRpcExecutor(rpc: Pick<RpcService, 'start' | 'cancel' | 'autoDialect'>, source: SourceId): RequestExecutor<SavedCall> {
  return {
    start(request, fillSource) {
      const filled = fillCall(request, fillSource);
      if ('problem' in filled) return filled;
      const { topic, method, params, replyTo, callerId, properties, envelope } = filled;
      const dialect = request.dialect === 'auto' ? rpc.autoDialect(source, topic).dialect : request.dialect;
      if (method === '' && dialect !== 'mqtt5') {
        return { problem: { code: 'bad-input', message: 'A call needs a method.', advice: 'Only in the dialect mqtt5 may it be empty.' } };
      }
      let tell: (subject: CheckSubject) => void;
      const ended = new Promise<CheckSubject>((resolve) => (tell = resolve));
      const input: CallInput = {
        source,
        dialect,
        topic,
        method,
        params: params as CallInput['params'],
        timeoutMs: request.timeoutMs,
        ...(replyTo === undefined ? {} : { replyTo }),
        ...(callerId === undefined ? {} : { callerId }),
        ...(properties === undefined ? {} : { properties }),
        ...(envelope === undefined ? {} : { envelope }),
      };
      const callId = rpc.start(input, {
        onEnd: (outcome, elapsedMs) => tell(subjectOf(outcome, elapsedMs)),
        onCancelled: () => tell(cancelledByHand),
      });
      return { callId, coapId: null, ended, cancel: () => void rpc.cancel(callId) };
    },
  };
}

/** In the list of calls; who cancels the run does not wait for this. */
const cancelledByHand: CheckSubject = { status: 'failed', errorName: null, errorText: 'The call was cancelled by hand.', body: null, elapsedMs: null };

function subjectOf(outcome: RpcOutcome, elapsedMs: number): CheckSubject {
  if ('result' in outcome) return { status: 'ok', errorName: null, errorText: '', body: outcome.result, elapsedMs };
  const { error } = outcome;
  const timedOut = error.name === 'RPC_TIMEOUT' && error.origin === 'local';
  return {
    status: timedOut ? 'timed-out' : 'failed',
    errorName: error.name,
    errorText: error.peerText === undefined || error.peerText === '' ? error.message : `${error.message} The peer said: ${error.peerText}`,
    body: error as unknown as JsonValue,
    elapsedMs: timedOut ? null : elapsedMs,
  };
}
