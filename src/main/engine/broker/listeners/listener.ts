import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type Server as TlsServer, type TLSSocket } from 'node:tls';
import { listenerUrl, unixUrl } from '../../../../shared/mqtt/listener-kinds.ts';
import type { ListenerOptions } from '../../../../shared/contract/listeners.ts';
import type { BrokerListener } from '../../../../shared/contract/broker.ts';
import type { ConnectionInfo, Refusal } from '../broker-engine.ts';
import { Admission } from './admission.ts';
import { Arrival } from './arrival.ts';
import { certificateUser } from './certificate-user.ts';
import { peerAddress } from './peer-address.ts';
import type { TlsMaterial } from './tls-material.ts';
import { checkedSubject, describeTlsFailure, describeUntrusted } from './tls-words.ts';
import { listenAtPath } from './unix-socket.ts';
import { createWebSocketDoor, type WebSocketDoor } from './websocket-door.ts';

/** What a listener works for. */
export interface ListenerHost {
  /** Takes over a connected stream of MQTT. */
  readonly accept: (stream: Duplex, info: ConnectionInfo) => void;
  readonly onRefused: (refusal: Refusal) => void;
  /** The largest packet the engine takes, fixed header included. */
  readonly maximumPacketSize: number;
  /** For everything before MQTT: PROXY header, TLS handshake and WebSocket request together. */
  readonly arrivalTimeoutMs: number;
}

/** Dead peers behind a silent network are found by TCP after this idle time, also when they asked for no keep-alive. */
const tcpKeepAliveMs = 60_000;
/** A frame may hold several packets, however small these have to be. */
const smallestFrameLimit = 1_048_576;

/** One open listener. Its connections pass limits, PROXY header, TLS and WebSocket, as far as it has them, and go to the engine. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #host: ListenerHost;
  readonly #server: Server;
  readonly #admission: Admission | undefined;
  readonly #tls: TlsServer | undefined;
  readonly #door: WebSocketDoor | undefined;
  readonly #arrivals = new Set<Arrival>();
  /** By the socket a stage knows: the network's own, or TLS on it. */
  readonly #arrivalOf = new WeakMap<Duplex, Arrival>();
  #boundPort = 0;

  constructor(options: ListenerOptions, tls: TlsMaterial | undefined, host: ListenerHost) {
    this.#options = options;
    this.#host = host;
    const { kind, maxConnections, connectionsPerSecond } = options;
    this.#server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: tcpKeepAliveMs }, (socket) => this.#came(socket));
    this.#admission = maxConnections === null && connectionsPerSecond === null ? undefined : new Admission(options);
    this.#tls = tls && this.#createTls(tls);
    if (kind === 'ws' || kind === 'wss') {
      this.#door = createWebSocketDoor({
        maxFrameBytes: Math.max(smallestFrameLimit, options.maxPacketBytes ?? host.maximumPacketSize),
        onStream: (stream, socket) => this.#handOver(this.#arrivalOf.get(socket), stream),
        onRefused: (socket, reason) => this.#arrivalOf.get(socket)?.reportRefusal(reason),
      });
    }
  }

  /** Rejects with the error of the system, or with a coded one for a Unix socket. */
  async listen(): Promise<void> {
    const options = this.#options;
    if (options.kind === 'unix') return listenAtPath(this.#server, options.path);
    const { host, port } = options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, exclusive: true }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const address = this.#server.address();
    this.#boundPort = typeof address === 'object' && address ? address.port : port;
  }

  get address(): BrokerListener {
    const options = this.#options;
    const { id, kind, name, proxyProtocol } = options;
    const more = { ...(name === '' ? {} : { name }), ...(proxyProtocol ? { proxyProtocol } : {}) };
    if (options.kind === 'unix') return { id, kind, host: '', port: 0, url: unixUrl(options.path), ...more };
    const { host } = options;
    const port = this.#boundPort;
    return { id, kind, host, port, url: listenerUrl({ kind: options.kind, host, port }), ...more };
  }

  /** Stops listening and ends what has not reached the engine. Idempotent. */
  close(): void {
    // The server's own callback would wait for connections that the engine still has to end.
    this.#server.close();
    for (const { socket } of this.#arrivals) socket.destroy();
  }

  #came(socket: Socket): void {
    const address = peerAddress(socket);
    if (this.#admission) {
      const refusal = this.#admission.enter(performance.now());
      if (refusal !== null) {
        socket.destroy();
        this.#refused(address, refusal);
        return;
      }
      socket.once('close', () => this.#admission?.leave());
    }
    if (!this.#options.proxyProtocol && !this.#tls && !this.#door) {
      this.#host.accept(socket, this.#info({ address }));
      return;
    }
    const arrival = new Arrival(socket, {
      address,
      timeoutMs: this.#host.arrivalTimeoutMs,
      onRefused: (refused, reason) => this.#refused(refused.address, reason),
      onLeft: (left) => this.#arrivals.delete(left),
    });
    this.#arrivals.add(arrival);
    this.#arrivalOf.set(socket, arrival);
    if (this.#options.proxyProtocol) {
      arrival.lateReason = 'Its PROXY header did not come in time.';
      arrival.readProxyHeader(() => this.#secure(arrival));
    } else this.#secure(arrival);
  }

  #secure(arrival: Arrival): void {
    if (!this.#tls) {
      this.#upgrade(arrival, arrival.socket);
      return;
    }
    arrival.lateReason = 'Its TLS handshake was not finished in time.';
    this.#tls.emit('connection', arrival.socket);
  }

  #upgrade(arrival: Arrival, stream: Duplex): void {
    if (!this.#door) {
      this.#handOver(arrival, stream);
      return;
    }
    arrival.lateReason = 'Its WebSocket request did not come in time.';
    this.#door.enter(stream);
  }

  #handOver(arrival: Arrival | undefined, stream: Duplex): void {
    if (arrival?.handOver() === true) this.#host.accept(stream, this.#info(arrival));
    else stream.destroy();
  }

  #createTls(material: TlsMaterial): TlsServer {
    const { tls } = this.#options as Extract<ListenerOptions, { kind: 'tls' | 'wss' }>;
    const server = createTlsServer({
      ...material,
      requestCert: tls.clientCertificates !== 'none',
      rejectUnauthorized: tls.clientCertificates === 'require',
    });
    server.on('secureConnection', (socket) => {
      socket.on('error', () => socket.destroy());
      const arrival = this.#beneath(socket);
      if (!arrival) {
        socket.destroy();
        return;
      }
      // With `request` a client may come without a certificate, but not with one that is not trusted.
      if (tls.clientCertificates === 'request' && !socket.authorized && socket.getPeerX509Certificate()) {
        arrival.refuse(describeUntrusted(String(socket.authorizationError)));
        return;
      }
      arrival.certificateSubject = checkedSubject(socket);
      const certificate = socket.authorized && tls.userFrom !== 'connect' ? socket.getPeerX509Certificate() : undefined;
      if (certificate && tls.userFrom !== 'connect') arrival.certificateUser = certificateUser(certificate, tls.userFrom);
      this.#arrivalOf.set(socket, arrival);
      this.#upgrade(arrival, socket);
    });
    server.on('tlsClientError', (error, socket) => {
      const reason = describeTlsFailure(error, socket);
      if (reason !== null) this.#beneath(socket)?.reportRefusal(reason);
      socket.destroy();
    });
    return server;
  }

  #beneath(socket: TLSSocket): Arrival | undefined {
    // Nothing public leads from a TLS socket to the one it was made on, whose connection may have a PROXY header's address.
    const { _parent: parent } = socket as unknown as { readonly _parent?: Duplex };
    return parent && this.#arrivalOf.get(parent);
  }

  #info({ address, certificateSubject, certificateUser: user }: Pick<Arrival, 'address'> & Partial<Arrival>): ConnectionInfo {
    const { id, kind, maxPacketBytes } = this.#options;
    return {
      transport: kind,
      address,
      listener: id,
      ...(certificateSubject === undefined ? {} : { certificateSubject }),
      ...(user === undefined ? {} : { certificateUser: user }),
      ...(maxPacketBytes === null ? {} : { maximumPacketSize: maxPacketBytes }),
    };
  }

  #refused(address: string, reason: string): void {
    const { id, kind } = this.#options;
    this.#host.onRefused({ clientId: null, transport: kind, address, listener: id, reason });
  }
}
