import type { Problem } from '../../../shared/contract/common.ts';
import { rpcError, type RpcError } from '../../../shared/rpc/rpc-error.ts';

const untrusted = 'If you trust this broker, add --insecure; else ask whoever runs it.';
const otherId = 'Give this call a client id of its own with --client-id, or leave that out.';
const again = 'Run the command again in a moment.';

/** Where the advice for a connection of the workbench is about its page, or that it tries again. */
const advices: Readonly<Record<string, string>> = {
  'wrong-protocol-version': 'Add --mqtt 3.1.1, which is understood nearly everywhere.',
  'bad-credentials': 'Check --username and the password.',
  'not-authorised': 'Ask whoever runs the broker, or give a --username and password that may connect.',
  'client-id-rejected': otherId,
  'taken-over': otherId,
  'broker-unavailable': again,
  'keep-alive-lost': again,
  'connection-lost': again,
  'no-connack': 'Check that this port speaks MQTT, or raise --connect-timeout.',
  'self-signed': untrusted,
  'unknown-ca': untrusted,
  'certificate-expired': untrusted,
  'certificate-not-yet-valid': untrusted,
  'wrong-host-name': untrusted,
};

/** A connection that failed, or was lost during the call, with advice for the command line. */
export function connectionError({ code, message, advice = '' }: Problem, wasConnected: boolean): RpcError {
  const name = wasConnected ? 'CONNECTION_LOST' : code === 'bad-credentials' || code === 'not-authorised' ? 'AUTHENTICATION_FAILED' : 'CONNECTION_FAILED';
  return rpcError(name, 'local', message, { advice: advices[code] ?? advice });
}
