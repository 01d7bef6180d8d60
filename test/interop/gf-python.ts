import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { execute } from '../../tools/project.ts';

const script = path.join(import.meta.dirname, 'gf_peer.py');
export const clientKinds = ['async', 'sync'] as const;
type ClientKind = (typeof clientKinds)[number];

export interface GfRequest {
  readonly subsystem: string;
  readonly path: string;
  readonly method: string;
  readonly body?: unknown;
  /** s */
  readonly timeout?: number;
}

/** The Python that `GF_MQTT_CLIENT_PYTHON` names, or why it will not do. The package is not on PyPI: a name that is free there is not to be installed by tests. */
export async function gfPython(): Promise<{ readonly python: string } | { readonly missing: string }> {
  const python = process.env['GF_MQTT_CLIENT_PYTHON'];
  if (!python) return { missing: 'gf_mqtt_client is not on PyPI: GF_MQTT_CLIENT_PYTHON has to name a Python that has it' };
  const tried = await execute(python, ['-c', 'import gf_mqtt_client']).catch(() => ({ code: 1, stderr: '' }));
  return tried.code === 0 ? { python } : { missing: `${python} has no gf_mqtt_client: ${tried.stderr.trim().split('\n').at(-1)}` };
}

/** Answers with what ends it. */
export function startGfResponder(python: string, kind: ClientKind, port: number, tag: string): () => Promise<unknown> {
  const child = spawn(python, [script, kind, String(port), 'responder', tag], { stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = once(child, 'close');
  return () => (child.kill(), ended);
}

/** Makes the requests of a batch at once, and the batches one after the other. What each gave, in order. */
export async function callWithGf(
  python: string,
  kind: ClientKind,
  port: number,
  tag: string,
  batches: readonly (readonly GfRequest[])[],
): Promise<readonly unknown[]> {
  const child = spawn(python, [script, kind, String(port), 'caller', tag], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(batches));
  const lines = (await text(child.stdout)).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as unknown);
}
