import type { ClientEnd } from '../mqtt-client/index.ts';
import type { FailureFacts } from './explain-failure.ts';

/** What the end of a client says of why a connection failed. */
export function factsOf(end: ClientEnd): Omit<FailureFacts, 'uri' | 'stage'> {
  switch (end.kind) {
    case 'refused':
      return { reasonCode: end.connack.code, reasonString: end.connack.properties?.reasonString, serverReference: end.connack.properties?.serverReference };
    case 'disconnected':
      return { reasonCode: end.packet.code, reasonString: end.packet.properties?.reasonString, serverReference: end.packet.properties?.serverReference };
    case 'protocol-error':
      return { brokenPacket: { clause: end.error.clause, message: end.error.message, bytes: end.bytes } };
    case 'no-pingresp':
      return { noPingresp: true };
    case 'authentication':
      return { authentication: end.message };
    case 'error':
      return { error: { message: end.error.message, code: end.error.code } };
    case 'closed':
    case 'asked':
      return {};
  }
}
