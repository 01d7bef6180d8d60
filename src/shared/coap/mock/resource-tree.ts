import type { MockMethod, MockMethodName, MockResource, MockResourceState } from '../../contract/mock-devices.ts';
import type { JsonValue } from '../../rpc/python-json.ts';
import { readMembers, mergePatch } from './merge-patch.ts';
import { normalPath } from './paths.ts';

/** What a resource answers. Codes as gf_mqtt_client writes them: 205 for 2.05. */
export interface MockResponse {
  readonly code: number;
  readonly body: JsonValue;
  /** Path of what a POST has created. */
  readonly location?: string;
}

/** How a request is to be answered, or the response that says why it is not carried out. */
export type Route = { readonly served: MockMethod; readonly resource: MockResource; readonly state: JsonValue } | { readonly refusal: MockResponse };

interface Entry {
  readonly path: string;
  /** Whose methods it has: of a created one, those of the resource it was created below. */
  definition: MockResource;
  state: JsonValue;
  readonly created: boolean;
  deleted: boolean;
  version: number;
  /** Of the state as JSON text, when it came from a request. */
  size: number;
}

/** Of all states that came with requests, in characters of JSON. */
const maxStates = 32 * 1024 * 1024;
/** Beyond it POST creates nothing more. */
export const maxCreated = 10_000;

/** The code of a method that has worked. */
export const usualCode: Readonly<Record<MockMethodName, number>> = { GET: 205, POST: 201, PUT: 204, DELETE: 202, FETCH: 205, PATCH: 204, iPATCH: 204 };

/** The resources of a mock device with their states. It knows neither MQTT nor UDP, and runs nothing. */
export class ResourceTree {
  readonly #entries = new Map<string, Entry>();
  readonly #onChange: (path: string) => void;
  #created = 0;
  #size = 0;
  /** Never used twice, so that the location of what was deleted stays its own. */
  readonly #lastChild = new Map<string, number>();

  /** `onChange`: the state of the resource is another, or it is gone. */
  constructor(resources: readonly MockResource[], onChange: (path: string) => void = () => undefined) {
    this.#onChange = onChange;
    for (const definition of resources) this.#entries.set(normalPath(definition.path), fresh(definition));
  }

  /** Another tree with the same states: what happens to one, does not happen to the other. */
  copy(onChange: (path: string) => void): ResourceTree {
    const copy = new ResourceTree([], onChange);
    for (const [path, entry] of this.#entries) copy.#entries.set(path, { ...entry });
    for (const [path, number] of this.#lastChild) copy.#lastChild.set(path, number);
    copy.#created = this.#created;
    copy.#size = this.#size;
    return copy;
  }

  /** Takes other definitions. States stay where path and first state are the same; what was created below a resource that is gone, goes. */
  define(resources: readonly MockResource[]): void {
    const next = new Map(resources.map((definition) => [normalPath(definition.path), definition]));
    const before = [...this.#entries.values()];
    const definitions = new Map(before.filter(({ created }) => !created).map((entry) => [entry.definition, next.get(entry.path)]));
    const kept = new Map<string, Entry>();
    for (const [path, definition] of next) {
      const known = this.#entries.get(path);
      const isSame = known && !known.created && sameJson(known.definition.state, definition.state);
      if (isSame) known.definition = definition;
      kept.set(path, isSame ? known : fresh(definition));
    }
    for (const entry of before) {
      const definition = entry.created ? definitions.get(entry.definition) : undefined;
      if (definition && !kept.has(entry.path)) kept.set(entry.path, Object.assign(entry, { definition }));
    }
    this.#entries.clear();
    for (const [path, entry] of kept) this.#entries.set(path, entry);
    this.#created = [...kept.values()].filter(({ created }) => created).length;
    this.#size = [...kept.values()].reduce((sum, { size }) => sum + size, 0);
    for (const entry of before) if (kept.get(entry.path) !== entry) this.#onChange(entry.path);
  }

  /** Every resource is as it began. */
  reset(): void {
    const definitions = [...this.#entries.values()].filter(({ created }) => !created).map(({ definition }) => definition);
    const paths = [...this.#entries.keys()];
    this.#entries.clear();
    this.#lastChild.clear();
    this.#created = 0;
    this.#size = 0;
    for (const definition of definitions) this.#entries.set(normalPath(definition.path), fresh(definition));
    for (const path of paths) this.#onChange(path);
  }

  /** Those that are there, and those that were deleted, by path. */
  list(): readonly MockResourceState[] {
    return [...this.#entries.values()].map(stateOf).toSorted((one, other) => (one.path < other.path ? -1 : 1));
  }

  /** `null`: there is none, or it was created and deleted again. */
  find(path: string): MockResourceState | null {
    const entry = this.#entries.get(normalPath(path));
    return entry ? stateOf(entry) : null;
  }

  /** Those that answer now, with what is known of them. */
  links(): readonly { readonly path: string; readonly definition: MockResource }[] {
    return [...this.#entries.values()].filter(({ deleted }) => !deleted).map(({ path, definition }) => ({ path, definition }));
  }

  route(method: MockMethodName, path: string): Route {
    const entry = this.#entries.get(normalPath(path));
    const served = entry?.definition.methods.find((one) => one.method === method);
    // What was deleted can be put back (RFC 7252 §5.8.3).
    if (!entry || (entry.deleted && !(method === 'PUT' && served?.answer.kind === 'state'))) {
      return { refusal: { code: 404, body: `There is no resource "${shown(path)}".` } };
    }
    if (served) return { served, resource: entry.definition, state: entry.state };
    const others = entry.definition.methods.map((one) => one.method).join(', ');
    return { refusal: { code: 405, body: `"${shown(path)}" does not take ${method}, ${others === '' ? 'nor any other method' : `only ${others}`}.` } };
  }

  /** What a method means for the state of the resource. */
  carryOut(method: MockMethodName, path: string, body: JsonValue): MockResponse {
    const entry = this.#entries.get(normalPath(path));
    if (!entry) return { code: 404, body: `There is no resource "${shown(path)}".` };
    switch (method) {
      case 'GET':
        return { code: 205, body: entry.state };
      case 'FETCH':
        return { code: 205, body: readMembers(entry.state, body) };
      case 'PUT': {
        const code = entry.deleted ? 201 : 204;
        return this.#change(entry, body) ? { code, body: null } : full;
      }
      case 'PATCH':
      case 'iPATCH':
        return this.#change(entry, mergePatch(entry.state, body)) ? { code: 204, body: null } : full;
      case 'POST':
        return this.#create(entry, body);
      case 'DELETE':
        this.#delete(entry);
        return { code: 202, body: null };
    }
  }

  /** What keeps it from being set; `null`: it is. */
  setState(path: string, state: JsonValue): 'unknown' | 'full' | null {
    const entry = this.#entries.get(normalPath(path));
    if (!entry) return 'unknown';
    return this.#change(entry, state) ? null : 'full';
  }

  /** False: there is no room. */
  #change(entry: Entry, state: JsonValue): boolean {
    const size = JSON.stringify(state).length;
    if (this.#size - entry.size + size > maxStates) return false;
    this.#size += size - entry.size;
    entry.size = size;
    entry.state = state;
    entry.deleted = false;
    entry.version += 1;
    this.#onChange(entry.path);
    return true;
  }

  #create(parent: Entry, body: JsonValue): MockResponse {
    if (this.#created >= maxCreated) return { code: 503, body: `No more than ${maxCreated} resources can be created. Delete some, or reset the device.` };
    const size = JSON.stringify(body).length;
    if (this.#size + size > maxStates) return full;
    const prefix = parent.path === '' ? '' : `${parent.path}/`;
    let number = this.#lastChild.get(parent.path) ?? 0;
    do number += 1;
    while (this.#entries.has(`${prefix}${number}`));
    this.#lastChild.set(parent.path, number);
    const path = `${prefix}${number}`;
    this.#entries.set(path, { path, definition: parent.definition, state: body, created: true, deleted: false, version: 1, size });
    this.#created += 1;
    this.#size += size;
    this.#onChange(path);
    return { code: 201, body: null, location: path };
  }

  /** With what was created below it. */
  #delete(entry: Entry): void {
    const gone = entry.path === '' ? [] : [...this.#entries.values()].filter(({ path, created }) => created && path.startsWith(`${entry.path}/`));
    for (const one of [entry, ...gone]) {
      if (one.created) {
        this.#entries.delete(one.path);
        this.#created -= 1;
        this.#size -= one.size;
      } else {
        one.deleted = true;
        one.version += 1;
      }
      this.#onChange(one.path);
    }
  }
}

function fresh(definition: MockResource): Entry {
  return { path: normalPath(definition.path), definition, state: definition.state, created: false, deleted: false, version: 0, size: 0 };
}

const stateOf = ({ path, state, created, deleted, version }: Entry): MockResourceState => ({ path, state, created, deleted, version });

const full: MockResponse = { code: 413, body: 'The states of all resources together are too large. Delete some, or reset the device.' };

const sameJson = (one: JsonValue, other: JsonValue): boolean => JSON.stringify(one) === JSON.stringify(other);

const shown = (path: string): string => (path.length > 200 ? `${path.slice(0, 200)}…` : path);
