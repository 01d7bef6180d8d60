import type { MockDevice, MockResource, TriedRequest, TryRequest } from '../../../../shared/contract/mock-devices.ts';
import { normalPath } from '../../../../shared/coap/mock/paths.ts';
import type { ResourceTree } from '../../../../shared/coap/mock/resource-tree.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { plainValue, type Answers } from '../../rpc/index.ts';
import { deviceProblem } from './check-device.ts';
import { routeOf, workOut, type MockRequest } from './work-out.ts';

const maxShownBody = 1_048_576;
const maxShownState = 65_536;
const maxChanges = 20;

interface Tried {
  readonly device: MockDevice;
  readonly tree: ResourceTree;
  /** Of this try alone. */
  readonly answers: Answers;
  /** ms. */
  readonly clock: () => number;
}

/** Carries a request out on a copy of the resources, where one of them is as it is being written: neither the device nor anybody else knows of it. */
export async function tryRequest(
  { device, tree, answers, clock }: Tried,
  { savedPath, resource, request }: Pick<TryRequest, 'savedPath' | 'resource' | 'request'>,
  signal: AbortSignal,
): Promise<Omit<TriedRequest, 'console'>> {
  const resources = withDraft(device.resources, savedPath, resource);
  const problem = deviceProblem({ ...device, resources });
  if (problem) throw new CodedError(problem.code, problem.message, { advice: problem.advice });
  const changed = new Set<string>();
  const copy = tree.copy((path) => changed.add(path));
  copy.define(resources);
  changed.clear();
  const before = new Set(copy.list().flatMap(({ path, deleted }) => (deleted ? [] : [path])));

  const { namespace, tag, subsystems } = device;
  const isOverUdp = request.query.length > 0 || ['FETCH', 'PATCH', 'iPATCH'].includes(request.method);
  const asked: MockRequest = {
    ...request,
    bodyBytes: request.body === null ? 0 : Buffer.byteLength(JSON.stringify(request.body)),
    via: isOverUdp ? 'udp' : 'mqtt',
    topic: isOverUdp ? '' : `${namespace}/${subsystems[0] ?? 'any'}/request/${tag}`,
  };
  const began = clock();
  const route = routeOf(copy, device, asked);
  const { response, failure } =
    'refusal' in route ? { response: route.refusal, failure: null } : await workOut({ tree: copy, answers }, asked, route.served.answer, route.state, signal);
  const elapsedMs = clock() - began;

  const text = JSON.stringify(response.body);
  const { code, body, location = null } = response;
  return {
    response: { code, body: text.length > maxShownBody ? null : plainValue(body), isTooLarge: text.length > maxShownBody, location },
    changes: [...changed].slice(0, maxChanges).map((path) => {
      const now = copy.find(path);
      if (!now || now.deleted) return { path, what: 'deleted' as const, state: null };
      return { path, what: before.has(path) ? ('changed' as const) : ('created' as const), state: shownState(now.state) };
    }),
    totalChanges: changed.size,
    place: failure?.place ?? null,
    elapsedMs,
  };
}

function withDraft(resources: readonly MockResource[], savedPath: string, draft: MockResource): MockResource[] {
  const saved = normalPath(savedPath);
  return resources.map((one) => (normalPath(one.path) === saved ? draft : one));
}

/** `null` as well when it is too large. */
export function shownState(state: JsonValue): JsonValue {
  return JSON.stringify(state).length > maxShownState ? null : plainValue(state);
}
