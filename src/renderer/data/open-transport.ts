import type { PortMessage, PreloadApi } from '../../shared/host/preload-api.ts';
import { portTransport } from '../../shared/ipc/port-transport.ts';
import type { Transport } from '../../shared/ipc/transport.ts';
import { wsTransport } from '../../shared/ipc/ws-transport.ts';

/** An engine that is being started again answers when it is up; after this long the page asks anew. */
const portTimeoutMs = 20_000;
const socketTimeoutMs = 10_000;

/** What the desktop host adds to the page; `undefined` in a browser. */
export function desktopHost(): PreloadApi | undefined {
  return (window as Window & { readonly workbenchHost?: PreloadApi }).workbenchHost;
}

/** One way to the engine: a message port from the desktop host, or a WebSocket of the server this page came from. */
export function openTransport(): Promise<Transport> {
  const host = desktopHost();
  return host ? openPort(host) : openSocket();
}

function openPort(host: PreloadApi): Promise<Transport> {
  const nonce = randomNonce();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      window.removeEventListener('message', receive);
    };
    const receive = (event: MessageEvent<unknown>): void => {
      const port = event.ports[0];
      if (event.source !== window || !isPortMessage(event.data, nonce) || !port) return;
      stop();
      resolve(portTransport(port));
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error('the engine did not answer'));
    }, portTimeoutMs);
    window.addEventListener('message', receive);
    host.requestPort(nonce);
  });
}

function isPortMessage(data: unknown, nonce: string): data is PortMessage {
  const message = data as Partial<PortMessage> | null;
  return typeof message === 'object' && message?.type === 'workbench-port' && message.nonce === nonce;
}

function randomNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function openSocket(): Promise<Transport> {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/engine`);
  socket.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.close(), socketTimeoutMs);
    socket.addEventListener('open', () => {
      clearTimeout(timer);
      resolve(wsTransport(socket));
    });
    // Follows every failure to open, with no detail a page may see.
    socket.addEventListener('close', () => {
      clearTimeout(timer);
      reject(new Error('the workbench cannot be reached'));
    });
  });
}
