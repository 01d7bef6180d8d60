import type { GfHandler } from '../../../../shared/contract/coap-pipeline.ts';
import type { AboutMessage, HandlerRun } from '../../../../shared/coap/gf/pipeline.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { isJsonObject } from '../../../../shared/rpc/json-payload.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import type { Script, Scripts } from '../../scripts/index.ts';
import { guestSource } from './guest-source.ts';

/** Each has memory of its own. Beyond, the one that was not used for the longest time begins anew with its next message. */
const maxOpen = 50;
/** Messages wait for one another, as they do in a real client. */
const limits = { cpuMs: 1000, wallMs: 10_000 };
const maxLines = 50;
const maxLine = 1000;

/** Told of each line of a console. */
type OnConsole = (handler: string, level: 'log' | 'info' | 'warn' | 'error' | 'debug', text: string) => void;

/** Scripts of the handlers of one pipeline: loaded with their first message, they keep their variables until their source changes. */
export class HandlerScripts {
  readonly #scripts: Pick<Scripts, 'open'>;
  readonly #onConsole: OnConsole;
  /** By handler; the one that was used last at the end. */
  readonly #open = new Map<string, { readonly source: string; readonly script: Script }>();

  constructor(scripts: Pick<Scripts, 'open'>, onConsole: OnConsole) {
    this.#scripts = scripts;
    this.#onConsole = onConsole;
  }

  /** Never rejects. */
  async run(handler: GfHandler, source: string, message: { readonly [key: string]: JsonValue }, about: AboutMessage): Promise<HandlerRun> {
    const lines: string[] = [];
    try {
      const result = await this.#scriptOf(handler, source).call('$workbenchHandle', [message, { ...about }], { context: lines });
      const { message: left = message, value = null, raised } = isJsonObject(result) ? result : {};
      if (raised === undefined || !isJsonObject(raised)) return { kind: 'returned', message: left, value, console: lines };
      const { code = null, detail = null } = raised;
      return { kind: 'raised', message: left, code, detail: typeof detail === 'string' ? detail : null, console: lines };
    } catch (error) {
      const { name, line } = (error instanceof CodedError ? (error.data ?? {}) : {}) as { readonly name?: unknown; readonly line?: unknown };
      return {
        ...{ kind: 'failed', console: lines },
        error: {
          name: typeof name === 'string' ? name : error instanceof CodedError && error.code === 'script-limit' ? 'Limit' : 'Error',
          message: error instanceof Error ? error.message : String(error),
          // What stands behind the script is no line of it.
          line: typeof line === 'number' && line <= source.split('\n').length ? line : null,
        },
      };
    }
  }

  keepOnly(handlers: readonly GfHandler[]): void {
    for (const [id, { source }] of this.#open) {
      if (!handlers.some((handler) => handler.id === id && handler.transform.kind === 'script' && handler.transform.source === source)) this.#close(id);
    }
  }

  close(): void {
    this.keepOnly([]);
  }

  #scriptOf({ id, name }: GfHandler, source: string): Script {
    const known = this.#open.get(id);
    this.#open.delete(id);
    if (known?.source === source) {
      this.#open.set(id, known);
      return known.script;
    }
    known?.script.close();
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size >= maxOpen) this.#close(oldest);
    const script = this.#scripts.open({
      ...{ name: 'handler.js', source: `${source}\n${guestSource}`, limits },
      onConsole: ({ level, text, call }) => {
        const lines = call as string[];
        if (lines.length < maxLines) lines.push(text.length > maxLine ? `${text.slice(0, maxLine)}…` : text);
        this.#onConsole(name, level, text);
      },
    });
    this.#open.set(id, { source, script });
    return script;
  }

  #close(id: string): void {
    this.#open.get(id)?.script.close();
    this.#open.delete(id);
  }
}
