import type { DialectId, RpcMethodId } from '../../../../shared/contract/rpc.ts';
import { compareNames } from '../../topics/index.ts';
import { ExampleShelf } from './examples.ts';
import { MethodEntry, type MethodBounds } from './method-entry.ts';

const maxMethods = 20_000;
const maxServices = 5000;
/** UTF-16 units of all topics and methods. */
const maxNameUnits = 16_000_000;
const maxSchemaNodes = 500_000;

/** UTF-16 units of the schemas that devices tell of their methods. */
const maxToldUnits = 8_000_000;

/** Bounds for the methods of all sources together, and what else they share. */
export class IndexBounds implements MethodBounds {
  readonly measure: MethodBounds['measure'];
  readonly told = { left: maxToldUnits };
  readonly nodes = { left: maxSchemaNodes };
  readonly shelf = new ExampleShelf();
  methods = 0;
  services = 0;
  nameUnits = 0;

  /** `measure`: locked schemas are checked by it. */
  constructor(measure: MethodBounds['measure'] = null) {
    this.measure = measure;
  }
}

export class ServiceEntry {
  readonly dialect: DialectId;
  readonly topic: string;
  addedByHand = false;
  readonly methods = new Map<string, MethodEntry>();
  #sorted: readonly MethodEntry[] | null = null;

  constructor(dialect: DialectId, topic: string) {
    this.dialect = dialect;
    this.topic = topic;
  }

  byName(): readonly MethodEntry[] {
    return (this.#sorted ??= [...this.methods.values()].toSorted((a, b) => compareNames(a.name, b.name)));
  }

  /** A method has come or gone. */
  changed(): void {
    this.#sorted = null;
  }

  addByHand(): void {
    this.addedByHand = true;
  }
}

/** The services and methods of one source, as they were seen or added by hand. */
export class MethodIndex {
  readonly #bounds: IndexBounds;
  readonly #services = new Map<string, ServiceEntry>();
  /** The dialect spoken on a topic, where a topic is a service of its own. */
  readonly #dialects = new Map<string, DialectId>();
  #sorted: readonly ServiceEntry[] | null = null;
  /** Grows when a service or a method comes or goes. */
  structure = 0;
  methodCount = 0;
  /** Calls of services and methods that were not taken in, as there are too many. */
  leftOut = 0;

  constructor(bounds: IndexBounds) {
    this.#bounds = bounds;
  }

  get serviceCount(): number {
    return this.#services.size;
  }

  services(): readonly ServiceEntry[] {
    return (this.#sorted ??= [...this.#services.values()].toSorted((a, b) => compareNames(a.topic, b.topic) || compareNames(a.dialect, b.dialect)));
  }

  dialectOn(topic: string): DialectId | undefined {
    return this.#dialects.get(topic);
  }

  /** `null`: it is new, and there is no room for it. */
  grow({ dialect, topic, method }: Omit<RpcMethodId, 'source'>): MethodEntry | null {
    const service = this.growService(dialect, topic);
    const known = service?.methods.get(method);
    if (known) return known;
    if (!service || this.#bounds.methods >= maxMethods || !this.#takeName(method)) {
      this.leftOut += 1;
      return null;
    }
    const entry = new MethodEntry(method, this.#bounds);
    service.methods.set(method, entry);
    service.changed();
    this.#bounds.methods += 1;
    this.methodCount += 1;
    this.structure += 1;
    return entry;
  }

  growService(dialect: DialectId, topic: string): ServiceEntry | null {
    const key = serviceKey(dialect, topic);
    const known = this.#services.get(key);
    if (known) return known;
    if (this.#bounds.services >= maxServices || !this.#takeName(topic)) return null;
    const service = new ServiceEntry(dialect, topic);
    this.#services.set(key, service);
    // Of generic requests every topic below the service is a method; of an own dialect, the form of the topics tells.
    if (dialect !== 'mqtt5' && !dialect.startsWith('custom:')) this.#dialects.set(topic, dialect);
    this.#bounds.services += 1;
    this.#structureChanged();
    return service;
  }

  has(dialect: DialectId, topic: string): boolean {
    return this.#services.has(serviceKey(dialect, topic));
  }

  /** Every dialect that is spoken on a topic. */
  servicesOn(topic: string): readonly ServiceEntry[] {
    return this.services().filter((service) => service.topic === topic);
  }

  find({ dialect, topic, method }: Omit<RpcMethodId, 'source'>): MethodEntry | undefined {
    return this.#services.get(serviceKey(dialect, topic))?.methods.get(method);
  }

  forget({ dialect, topic, method }: { readonly dialect: DialectId; readonly topic: string; readonly method?: string | undefined }): void {
    const key = serviceKey(dialect, topic);
    const service = this.#services.get(key);
    if (!service) return;
    for (const entry of method === undefined ? [...service.methods.values()] : [service.methods.get(method)]) if (entry) this.#forgetMethod(service, entry);
    if (method !== undefined) return;
    this.#services.delete(key);
    if (this.#dialects.get(topic) === dialect) this.#dialects.delete(topic);
    this.#bounds.services -= 1;
    this.#bounds.nameUnits -= topic.length;
    this.#structureChanged();
  }

  clear(): void {
    for (const { dialect, topic } of [...this.#services.values()]) this.forget({ dialect, topic });
  }

  #forgetMethod(service: ServiceEntry, entry: MethodEntry): void {
    service.methods.delete(entry.name);
    service.changed();
    entry.release();
    this.#bounds.methods -= 1;
    this.#bounds.nameUnits -= entry.name.length;
    this.methodCount -= 1;
    this.structure += 1;
  }

  #takeName(name: string): boolean {
    if (this.#bounds.nameUnits + name.length > maxNameUnits) return false;
    this.#bounds.nameUnits += name.length;
    return true;
  }

  #structureChanged(): void {
    this.#sorted = null;
    this.structure += 1;
  }
}

export function serviceKey(dialect: DialectId, topic: string): string {
  return `${dialect}\u0000${topic}`;
}
