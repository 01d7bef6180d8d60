import { mockDeviceSchema, type MockMethod, type MockResource, type RecordedDevice } from '../../../../shared/contract/mock-devices.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { CallDetail } from '../../../../shared/contract/rpc.ts';
import { readGfMessage, readMethod } from '../../../../shared/coap/gf/message.ts';
import { normalPath } from '../../../../shared/coap/mock/paths.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { plainValue } from '../../rpc/index.ts';
import { isDeeper, maxDepth } from './check-device.ts';

const maxResources = 1000;
const maxCalls = 20_000;
const maxBodies = 3 * 1024 * 1024;

interface Answered {
  readonly code: number;
  readonly body: JsonValue;
  readonly location: string;
}

/**
 * A device that answers as a real one did: of each path and method the newest response there is. `calls`: of one device, newest first. `null`: there was no response at all.
 * What it gave to the last GET is the first state as well, for whoever goes on to let methods work on it.
 */
export async function recordedDevice(
  { source, topic, id }: { readonly source: SourceId; readonly topic: string; readonly id: string },
  calls: AsyncIterable<CallDetail>,
): Promise<RecordedDevice | null> {
  const address = /^(.+)\/([^/]+)\/request\/([^/]+)$/.exec(topic);
  if (!address) return null;
  const [, namespace = '', subsystem = '', tag = ''] = address;
  const resources = new Map<string, { readonly path: string; readonly methods: MockMethod[]; state: JsonValue }>();
  let used = 0;
  let leftOut = 0;
  let bytes = 0;
  let looked = 0;
  for await (const call of calls) {
    looked += 1;
    if (looked > maxCalls) break;
    const at = call.method.indexOf(' ');
    const method = readMethod(call.method.slice(0, at));
    const answered = answerOf(call);
    if (method === null || at < 0 || !answered) {
      leftOut += 1;
      continue;
    }
    const path = normalPath(call.method.slice(at + 1));
    const known = resources.get(path);
    if (known?.methods.some((one) => one.method === method)) {
      used += 1;
      continue;
    }
    const size = JSON.stringify(answered.body).length;
    if (bytes + 2 * size > maxBodies || (!known && resources.size >= maxResources) || path.length > 1000) {
      leftOut += 1;
      continue;
    }
    bytes += 2 * size;
    used += 1;
    const resource = known ?? { path, methods: [], state: null };
    resources.set(path, resource);
    // The rest of it is filled in by the schema.
    resource.methods.push({ method, answer: { kind: 'static', ...answered } } as MockMethod);
    if (method === 'GET' && answered.code < 300) resource.state = answered.body;
  }
  if (resources.size === 0) return null;
  const sorted = [...resources.values()].toSorted((one, other) => (one.path < other.path ? -1 : 1)) as unknown as readonly MockResource[];
  const device = mockDeviceSchema.parse({ id, name: `${tag} (mock)`, tag, namespace, subsystems: [subsystem], source, resources: sorted });
  return { device, used, leftOut };
}

/** As it stands in the message: of a success the call knows no code. */
function answerOf({ answers }: CallDetail): Answered | null {
  const [answer] = answers;
  if (!answer || answer.payload.byteLength < answer.sizeBytes) return null;
  const message = readGfMessage(answer.payload);
  if (message.kind !== 'response') return null;
  const { code, body, others } = message;
  if (code === null || !Number.isInteger(code) || code < 200 || code > 599 || isDeeper(body, maxDepth)) return null;
  const { location } = others;
  return { code, body: plainValue(body), location: typeof location === 'string' ? location.slice(0, 1000) : '' };
}
