import { toPage } from '../../shared/host/channels.ts';
import { isTrustedSender } from './origin.ts';

interface Port {
  close(): void;
}

/** The frame that asked, as Electron shows it to the main process. */
interface PageFrame<P> {
  readonly url: string;
  readonly parent: object | null;
  isDestroyed(): boolean;
  postMessage(channel: string, message: unknown, transfer: P[]): void;
}

export interface PortHandoverOptions<P extends Port> {
  readonly openChannel: () => { readonly port1: P; readonly port2: P };
  /** Gives a port to the engine; false when none runs now. */
  readonly giveToEngine: (port: P) => boolean;
  readonly onRefused: (problem: Error) => void;
}

const noncePattern = /^[A-Za-z0-9_-]{16,64}$/;

/** Connects pages to the engine. Once a port is handed over, messages no longer pass through this process. */
export class PortHandover<P extends Port> {
  readonly #options: PortHandoverOptions<P>;
  /** The newest unanswered request of each page. */
  readonly #waiting = new Map<object, { readonly frame: PageFrame<P>; readonly nonce: string }>();

  constructor(options: PortHandoverOptions<P>) {
    this.#options = options;
  }

  /** `page` is what lives as long as the page's window; `nonce` is untrusted. */
  request(page: object, frame: PageFrame<P>, nonce: unknown): void {
    if (typeof nonce !== 'string' || !noncePattern.test(nonce)) {
      this.#options.onRefused(new Error('refused a port request without a proper nonce'));
      return;
    }
    this.#waiting.set(page, { frame, nonce });
    this.serveWaiting();
  }

  /** To be called whenever an engine has been started. */
  serveWaiting(): void {
    for (const [page, { frame, nonce }] of this.#waiting) {
      // The page may have gone, or gone elsewhere, while its request waited.
      if (frame.isDestroyed() || !isTrustedSender(frame)) {
        this.#waiting.delete(page);
        continue;
      }
      const { port1, port2 } = this.#options.openChannel();
      if (!this.#options.giveToEngine(port1)) {
        port1.close();
        return;
      }
      this.#waiting.delete(page);
      frame.postMessage(toPage.port, nonce, [port2]);
    }
  }
}
