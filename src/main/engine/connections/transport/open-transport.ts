import type net from 'node:net';
import type { Duplex } from 'node:stream';
import type { TlsState } from '../../../../shared/contract/connections.ts';
import type { BrokerAccess } from '../broker-access.ts';
import { dial, dialThrough } from './dial.ts';
import { judge, secure, tlsOptions } from './secure.ts';
import { upgrade } from './upgrade.ts';

/** Steps of the way to a broker, in their order. */
export type TransportStage = 'connecting' | 'proxy' | 'TLS handshake' | 'certificate' | 'WebSocket handshake';

export interface Transport {
  readonly stream: Duplex;
  /** `null` without TLS. */
  readonly tls: TlsState | null;
}

/** Opens the byte stream to a broker step by step; `onStage` is told before each. Rejects with what Node, OpenSSL or a TransportError says. */
export async function openTransport(access: BrokerAccess, onStage: (stage: TransportStage) => void, signal: AbortSignal): Promise<Transport> {
  const { uri, profile, secrets = {} } = access;
  const isTls = uri.scheme === 'mqtts' || uri.scheme === 'wss';
  const isWebSocket = uri.scheme === 'ws' || uri.scheme === 'wss';
  const { proxy } = profile;
  // Before anything is opened: what cannot be read is no fault of the broker.
  const security = isTls ? tlsOptions(profile.tls, secrets, uri.host) : null;
  onStage(proxy ? 'proxy' : 'connecting');
  let socket: net.Socket = proxy ? await dialThrough({ ...proxy, password: secrets.proxyPassword }, uri, signal) : await dial(uri, signal);
  let tls: TlsState | null = null;
  try {
    if (security) {
      onStage('TLS handshake');
      const secured = await secure(socket, security, signal);
      socket = secured;
      onStage('certificate');
      const { state, refusal } = judge(secured, profile.tls, uri.host);
      if (refusal) throw refusal;
      tls = state;
    }
    if (isWebSocket) {
      onStage('WebSocket handshake');
      return { stream: await upgrade(socket, uri, profile, signal), tls };
    }
  } catch (error) {
    // What it still has to say goes to nobody.
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  }
  return { stream: socket, tls };
}
