import { interceptSchema, type Intercept, type InterceptStatus } from '../../../../shared/contract/broker-intercepts.ts';
import { listenerOptionsSchema } from '../../../../shared/contract/listeners.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { parseBrokerUri } from '../../../../shared/mqtt/broker-uri.ts';
import { createIntercepts } from '../../bridges/index.ts';
import type { GivenOptions } from './cli-options.ts';

/** All intercepts that `--intercept PORT=URL` asks for. Throws an error that says what is wrong. */
export function readIntercepts({ intercept: given = [], host = '127.0.0.1' }: GivenOptions): readonly Intercept[] {
  return given.map((text, at) => {
    const [, digits = '', uri = ''] = /^(\d{1,5})=(.+)$/s.exec(text) ?? [];
    const port = Number(digits);
    if (digits === '' || port > 65_535) throw new Error(`--intercept needs PORT=URL, such as 1884=mqtts://broker.example, not "${text}".`);
    const parsed = parseBrokerUri(uri);
    if (!parsed.ok) throw new Error(`--intercept ${digits}: ${parsed.problem.message} ${parsed.problem.advice ?? ''}`.trim());
    if (parsed.value.username !== undefined || parsed.value.password !== undefined)
      throw new Error(`--intercept ${digits}: devices log in by themselves. Leave user name and password out of the address.`);
    const id = `intercept-${at + 1}`;
    const listener = listenerOptionsSchema.parse({ kind: 'tcp', id, host, port });
    return interceptSchema.parse({ id, name: `port ${digits}`, listener, remote: { kind: 'address', uri }, record: false });
  });
}

export interface ServedIntercepts {
  /** For the standard output: `intercept mqtt://127.0.0.1:1884 to mqtts://broker.example`. */
  readonly lines: readonly string[];
  close(): void;
}

/** Opens intercepts, or none where one cannot be opened. Without a workspace: addresses are as they were given, and nothing is recorded. `say`: what goes wrong later. */
export async function serveIntercepts(intercepts: readonly Intercept[], say: (line: string) => void): Promise<ServedIntercepts> {
  const served = createIntercepts({
    intercepts,
    connections: { access: () => Promise.reject(new CodedError('not-found')) },
    fill: async (profile, secrets) => ({ profile, secrets, hide: (text) => text }),
    password: async () => undefined,
    now: Date.now,
    onMessages: () => undefined,
  });
  try {
    for (const { id } of intercepts) await served.start(id);
  } catch (error) {
    served.close();
    throw error;
  }
  const said = new Map<string, string | null>();
  served.changed.subscribe(() => {
    for (const { id, problem } of served.statuses()) {
      const message = problem?.message ?? null;
      if (said.get(id) === message) continue;
      said.set(id, message);
      if (problem) say([problem.message, problem.advice].filter(Boolean).join(' '));
    }
  });
  const lineOf = ({ id, url }: InterceptStatus): string => {
    const remote = intercepts.find((one) => one.id === id)?.remote;
    return `intercept ${url ?? ''} to ${remote?.kind === 'address' ? remote.uri : ''}\n`;
  };
  return { lines: served.statuses().map(lineOf), close: () => served.close() };
}
