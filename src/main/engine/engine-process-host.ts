import { CodedError, toWireError } from '../../shared/ipc/errors.ts';
import { portTransport, type EmitterPort } from '../../shared/ipc/port-transport.ts';
import { catchStrayErrors, describeBug } from './bug-reports.ts';
import type { EngineStartOptions, FromEngineProcess, ToEngineProcess, VaultAnswer } from './engine-process-protocol.ts';
import type { Engine, EngineOptions, VaultCipher } from './main.ts';

/** The end of `process.parentPort` that this process uses; Electron's own types stay out of the engine. */
export interface ParentPort {
  on(type: 'message', listener: (event: { readonly data: unknown; readonly ports: readonly EmitterPort[] }) => void): unknown;
  postMessage(message: FromEngineProcess): void;
}

export interface EngineProcessOptions {
  readonly parent: ParentPort;
  readonly startEngine: (options: EngineOptions) => Promise<Engine>;
  readonly randomId: () => string;
  readonly now: () => number;
  readonly random: () => number;
  readonly exit: (code: number) => void;
}

const failedToStart = 2;
const crashed = 1;

/** Runs one engine on behalf of the parent process, see `engine-process-protocol.ts`. */
export function hostEngine(options: EngineProcessOptions): void {
  const { parent } = options;
  const post = (message: FromEngineProcess): void => parent.postMessage(message);
  const report = (error: unknown, where: string): void => post({ type: 'bug', where, message: describeBug(error) });
  catchStrayErrors(report, () => options.exit(crashed));

  const vault = new ParentVault(post);
  const waitingPorts: EmitterPort[] = [];
  let starting: Promise<Engine> | undefined;
  let engine: Engine | undefined;
  let ending: Promise<void> | undefined;

  const start = async (startOptions: EngineStartOptions): Promise<Engine> => {
    const { now, random } = options;
    const started = await options.startEngine({ ...startOptions, instance: options.randomId(), cipher: vault, now, random, onBug: report });
    engine = started;
    post({ type: 'started', instance: started.instance });
    post({ type: 'settings', settings: started.settings() });
    started.onSettings((settings) => post({ type: 'settings', settings }));
    for (const port of waitingPorts.splice(0)) started.serve(portTransport(port));
    return started;
  };

  const end = async (): Promise<void> => {
    const running = await starting?.catch(() => undefined);
    await running?.close();
    post({ type: 'stopped' });
    options.exit(0);
  };
  const shutDown = (): void => {
    ending ??= end().catch((error: unknown) => {
      report(error, 'shutdown');
      options.exit(crashed);
    });
  };

  parent.on('message', ({ data, ports }) => {
    // The parent is our own program; what pages send comes over the ports and is checked there.
    const message = data as ToEngineProcess;
    switch (message.type) {
      case 'start':
        starting ??= start(message.options);
        starting.catch((error: unknown) => {
          if (!(error instanceof CodedError)) report(error, 'start');
          post({ type: 'failed', error: toWireError(error) });
          options.exit(failedToStart);
        });
        return;
      case 'port': {
        const [port] = ports;
        if (!port) return;
        if (engine) engine.serve(portTransport(port));
        else waitingPorts.push(port);
        return;
      }
      case 'ping':
        post({ type: 'pong', id: message.id });
        return;
      case 'shutdown':
        shutDown();
        return;
      case 'vault':
        vault.receive(message);
        return;
    }
  });
}

/** Seals secrets with the key store of the system, which only the parent process can reach. */
class ParentVault implements VaultCipher {
  readonly id = 'system';
  readonly #post: (message: FromEngineProcess) => void;
  readonly #asked = new Map<number, (answer: VaultAnswer) => void>();
  #nextId = 1;

  constructor(post: (message: FromEngineProcess) => void) {
    this.#post = post;
  }

  async encrypt(text: string): Promise<Uint8Array> {
    const answer = await this.#ask((id) => ({ type: 'vault', id, op: 'encrypt', text }));
    if ('bytes' in answer) return answer.bytes;
    throw new Error('error' in answer ? answer.error : 'the key store gave no answer');
  }

  async decrypt(bytes: Uint8Array): Promise<string> {
    const answer = await this.#ask((id) => ({ type: 'vault', id, op: 'decrypt', bytes }));
    if ('text' in answer) return answer.text;
    throw new Error('error' in answer ? answer.error : 'the key store gave no answer');
  }

  receive(answer: VaultAnswer): void {
    this.#asked.get(answer.id)?.(answer);
    this.#asked.delete(answer.id);
  }

  #ask(request: (id: number) => FromEngineProcess): Promise<VaultAnswer> {
    return new Promise((resolve) => {
      const id = this.#nextId++;
      this.#asked.set(id, resolve);
      this.#post(request(id));
    });
  }
}
