import type { DialectId, RpcTreeFrame, RpcTreeRow, RpcTreeView, ShownDialects } from '../../../../shared/contract/rpc.ts';
import { serviceKey, type MethodIndex, type ServiceEntry } from './method-index.ts';
import type { MethodEntry } from './method-entry.ts';

interface LaidOut {
  readonly service: ServiceEntry;
  readonly method: MethodEntry | null;
  readonly position: number;
  readonly setSize: number;
}

type View = Omit<RpcTreeView, 'viewId'>;
export type OpenedView = View & { readonly dialects?: ShownDialects | undefined };
/** Of the client behind a service; `null`: not known. */
type PresenceOf = (dialect: DialectId, topic: string) => RpcTreeRow['presence'];

/** What one tree on the page shows of the services and methods of a source: which services are open, the filter and the visible rows. */
export class TreeView {
  readonly #index: MethodIndex;
  #view: View;
  /** Opened by hand while there is no filter. */
  readonly #open = new Set<string>();
  /** Closed by hand while there is one: else every hit is shown. */
  readonly #closed = new Set<string>();
  #rows: readonly LaidOut[] | null = null;
  #structure = -1;
  #matches: RpcTreeFrame['matches'] = null;
  readonly #presenceOf: PresenceOf;
  readonly #dialects: ShownDialects | undefined;
  /** Of the services that may be shown at all. */
  #counts = { serviceCount: 0, methodCount: 0 };
  #lastFrame = '';

  constructor(index: MethodIndex, { dialects, ...view }: OpenedView, presenceOf: PresenceOf = () => null) {
    this.#dialects = dialects;
    this.#presenceOf = presenceOf;
    this.#index = index;
    this.#view = view;
  }

  setView(view: View): void {
    if (view.filter !== this.#view.filter) {
      this.#closed.clear();
      this.#rows = null;
    }
    this.#view = view;
    this.#lastFrame = '';
  }

  setExpanded(key: string, expanded: boolean): void {
    const set = this.#filtered ? this.#closed : this.#open;
    if (expanded === this.#filtered) set.delete(key);
    else if (this.#index.services().some(({ dialect, topic }) => serviceKey(dialect, topic) === key)) set.add(key);
    this.#rows = null;
  }

  /** `undefined`: nothing that is seen has changed since the last one. */
  frame(): RpcTreeFrame | undefined {
    const laidOut = this.#layOut();
    const { first: wanted, count } = this.#view;
    const first = Math.min(wanted, Math.max(0, laidOut.length - count));
    const frame: RpcTreeFrame = {
      firstRow: first,
      rows: laidOut.slice(first, first + count).map((row) => this.#row(row)),
      totalRows: laidOut.length,
      ...this.#counts,
      matches: this.#matches,
      leftOut: this.#index.leftOut,
    };
    const text = JSON.stringify(frame);
    if (text === this.#lastFrame) return undefined;
    this.#lastFrame = text;
    return frame;
  }

  get #filtered(): boolean {
    return this.#view.filter.trim() !== '';
  }

  #isOpen(key: string): boolean {
    return this.#filtered ? !this.#closed.has(key) : this.#open.has(key);
  }

  #layOut(): readonly LaidOut[] {
    if (this.#rows && this.#structure === this.#index.structure) return this.#rows;
    const words = this.#view.filter
      .trim()
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const shown: { readonly service: ServiceEntry; readonly methods: readonly MethodEntry[] }[] = [];
    const counts = { serviceCount: 0, methodCount: 0 };
    for (const service of this.#index.services()) {
      if (this.#dialects !== undefined && (service.dialect === 'gf') !== (this.#dialects === 'only-gf')) continue;
      counts.serviceCount += 1;
      counts.methodCount += service.methods.size;
      const topic = service.topic.toLowerCase();
      // Words that the service does not answer for, its methods have to.
      const left = words.filter((word) => !topic.includes(word));
      const all = service.dialect === 'gf' ? service.byName().toSorted(byPath) : service.byName();
      const methods = left.length === 0 ? all : all.filter(({ name }) => hasAll(name.toLowerCase(), left));
      if (left.length === 0 || methods.length > 0) shown.push({ service, methods });
    }
    this.#counts = counts;
    const rows: LaidOut[] = [];
    for (const [at, { service, methods }] of shown.entries()) {
      rows.push({ service, method: null, position: at + 1, setSize: shown.length });
      if (!this.#isOpen(serviceKey(service.dialect, service.topic))) continue;
      for (const [place, method] of methods.entries()) rows.push({ service, method, position: place + 1, setSize: methods.length });
    }
    this.#matches = this.#filtered ? { services: shown.length, methods: shown.reduce((sum, { methods }) => sum + methods.length, 0) } : null;
    this.#rows = rows;
    this.#structure = this.#index.structure;
    return rows;
  }

  #row({ service, method, position, setSize }: LaidOut): RpcTreeRow {
    const key = serviceKey(service.dialect, service.topic);
    const common = { dialect: service.dialect, topic: service.topic, methodCount: service.methods.size, positionInSet: position, setSize };
    if (method) {
      const { name, calls, failed, timedOut, pending, lastCode, lastAt, addedByHand } = method;
      const [failures, p50Ms] = [failed + timedOut, method.medianMs()];
      return {
        ...common,
        key: `${key}\u0000${name}`,
        kind: 'method',
        method: name,
        expanded: false,
        calls,
        failures,
        pending,
        p50Ms,
        lastCode,
        lastAt,
        addedByHand,
        presence: null,
      };
    }
    const sum = { calls: 0, failures: 0, pending: 0, lastAt: 0 };
    for (const { calls, failed, timedOut, pending, lastAt } of service.methods.values()) {
      sum.calls += calls;
      sum.failures += failed + timedOut;
      sum.pending += pending;
      sum.lastAt = Math.max(sum.lastAt, lastAt);
    }
    const presence = this.#presenceOf(service.dialect, service.topic);
    return {
      ...common,
      key,
      kind: 'service',
      method: null,
      expanded: this.#isOpen(key),
      ...sum,
      p50Ms: null,
      lastCode: null,
      addedByHand: service.addedByHand,
      presence,
    };
  }
}

/** What is done with one resource stands together: the method of a request comes before its path. */
function byPath({ name: one }: MethodEntry, { name: other }: MethodEntry): number {
  const [path, otherPath] = [one.slice(one.indexOf(' ')), other.slice(other.indexOf(' '))];
  return path < otherPath ? -1 : path > otherPath ? 1 : 0;
}

function hasAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}
