import type { MockDevice } from '../../../../shared/contract/mock-devices.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import { namespaceProblem, topicPartProblem } from '../../../../shared/coap/gf/topics.ts';
import { normalPath } from '../../../../shared/coap/mock/paths.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { shorten } from '../../../../shared/text/shorten.ts';

const maxDeviceBytes = 4 * 1024 * 1024;
/** What the page can take in one message, with room for what is around the value. */
export const maxDepth = 48;

type DeviceProblem = Problem & { readonly code: 'bad-input' | 'payload-too-large' };

/** What keeps a device from being used, beside the form that its schema checks; files of the workspace may be written by hand. */
export function deviceProblem(device: MockDevice): DeviceProblem | null {
  const bad = (message: string, advice: string): DeviceProblem => ({ code: 'bad-input', message, advice });
  const parts = [
    topicPartProblem('The tag', device.tag),
    namespaceProblem(device.namespace),
    ...device.subsystems.map((one) => topicPartProblem('A subsystem', one)),
  ];
  const part = parts.find((problem) => problem !== null);
  if (part) return bad(part, 'Use letters, digits, "_" and "-".');
  const paths = new Set<string>();
  for (const { path, methods, state } of device.resources) {
    const normal = normalPath(path);
    const shown = shorten(`/${normal}`, 100);
    if (normal.split('/').some((segment) => Buffer.byteLength(segment) > 255))
      return bad(`A segment of "${shown}" has more than 255 bytes.`, 'CoAP has no room for it (RFC 7252 §5.10): shorten it.');
    if (paths.has(normal)) return bad(`There are two resources "${shown}".`, 'Put their methods into one.');
    paths.add(normal);
    const names = methods.map(({ method }) => method);
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined) return bad(`"${shown}" has ${twice} twice.`, 'Remove one of them.');
    const bodies = [state, ...methods.map(({ answer }) => (answer.kind === 'static' ? answer.body : null))];
    if (bodies.some((body) => isDeeper(body, maxDepth))) return bad(`"${shown}" has a value nested deeper than ${maxDepth} levels.`, 'Use a script for it.');
  }
  const bytes = Buffer.byteLength(JSON.stringify(device));
  if (bytes <= maxDeviceBytes) return null;
  const message = `The device is too large to be kept (${(bytes / 1_048_576).toFixed(1)} MiB; 4 MiB at most).`;
  return { code: 'payload-too-large', message, advice: 'Spread its resources over two devices.' };
}

export function isDeeper(value: JsonValue, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return levels === 0 || Object.values(value).some((inner: JsonValue) => isDeeper(inner, levels - 1));
}
