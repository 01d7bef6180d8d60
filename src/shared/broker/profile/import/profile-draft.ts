import { openAccess } from '../../../contract/broker-access.ts';
import { brokerProfileSchema, type BrokerProfile, type ImportNote } from '../../../contract/broker-profile.ts';
import { listenerOptionsSchema, type ListenerOptions } from '../../../contract/listeners.ts';
import { shorten } from '../../../text/shorten.ts';

const mostNotes = 500;
const mostRules = 1000;
type Limits = BrokerProfile['limits'];
type Access = BrokerProfile['access'];

/** A profile that is put together from another program's configuration, and what has to be said about it. */
export class ProfileDraft {
  readonly notes: ImportNote[] = [];
  readonly listeners: ListenerOptions[] = [];
  readonly limits: Record<string, unknown> = {};
  access: Access = { ...openAccess };
  persistence: BrokerProfile['persistence'] = 'memory';

  /** Not carried over, or not as it was. `line` from 1; `null`: not about one line. */
  note(kind: ImportNote['kind'], line: number | null, key: string, message: string): void {
    if (this.notes.length < mostNotes) this.notes.push({ kind, line, key: shorten(key, 80), message: shorten(message, 400) });
  }

  lost(line: number | null, key: string, message: string): void {
    this.note('lost', line, key, message);
  }

  changed(line: number | null, key: string, message: string): void {
    this.note('changed', line, key, message);
  }

  limit<K extends keyof Limits>(line: number | null, key: string, name: K, value: Limits[K]): void {
    const checked = brokerProfileSchema.shape.limits.safeParse({ [name]: value });
    if (checked.success) this.limits[name] = value;
    else this.lost(line, key, `It cannot be ${shorten(String(value), 40)} here: ${checked.error.issues[0]?.message ?? 'it is out of range'}.`);
  }

  /** With an id and a place of its own; one that cannot be is noted. */
  listener(line: number | null, name: string, options: object): void {
    const used = new Set([...this.listeners.map(({ id }) => id), 'tcp', 'ws']);
    const base = /^[\w.-]{1,60}$/.test(name) && !used.has(name) ? name : `listener-${this.listeners.length + 1}`;
    let id = base;
    for (let number = 2; used.has(id); number += 1) id = `${base}-${number}`;
    const parsed = listenerOptionsSchema.safeParse({ id, name: shorten(name, 99), ...options });
    if (this.listeners.length >= 50) this.lost(line, name, 'A profile has at most 50 listeners.');
    else if (parsed.success) this.listeners.push(parsed.data);
    else this.lost(line, name, `This listener cannot be carried over: ${parsed.error.issues[0]?.message ?? 'something is wrong with it'}`);
  }

  /** Only users of this file get in, and others without a name if `anonymous` says so. */
  usersFile(line: number, key: string, file: string, anonymous: boolean, message: string): void {
    if (file === '' || file.length > 4096) {
      this.access = { ...this.access, login: 'users', anonymous };
      this.lost(line, key, 'It names no file: only users that are added in the tab Access get in.');
      return;
    }
    this.access = { ...this.access, login: 'users', anonymous, usersFile: file };
    this.changed(line, key, message);
  }

  /** Those that can be rules here. */
  addRules(line: number, key: string, rules: Access['rules']): void {
    const possible = rules.filter((rule) => brokerProfileSchema.shape.access.safeParse({ ...openAccess, rules: [rule] }).success);
    const room = mostRules - this.access.rules.length;
    if (possible.length < rules.length) this.lost(line, key, `${rules.length - possible.length} rules cannot be carried over: a name or a filter is too long.`);
    if (possible.length > room) this.lost(line, key, `There are ${possible.length} rules; the first ${room} are taken.`);
    this.access = { ...this.access, rules: [...this.access.rules, ...possible.slice(0, room)] };
  }

  profile(description: string): BrokerProfile {
    const { tcpPort, webSocketPort, host, listeners } = simplified(this.listeners);
    if (this.listeners.length === 0) this.lost(null, '', 'There is no listener that can be carried over: port 1883 is put in.');
    return brokerProfileSchema.parse({
      description,
      persistence: this.persistence,
      host,
      tcpPort: this.listeners.length === 0 ? 1883 : tcpPort,
      webSocketPort,
      listeners,
      limits: this.limits,
      access: this.access,
    });
  }
}

/** The first plain listeners become the two simple ports, where they are on one host. */
function simplified(all: readonly ListenerOptions[]): Pick<BrokerProfile, 'host' | 'tcpPort' | 'webSocketPort'> & { readonly listeners: ListenerOptions[] } {
  const isSimple = (listener: ListenerOptions): boolean =>
    listener.enabled &&
    !listener.proxyProtocol &&
    listener.maxConnections === null &&
    listener.connectionsPerSecond === null &&
    listener.maxPacketBytes === null;
  const tcp = all.find((listener) => listener.kind === 'tcp' && isSimple(listener));
  const host = tcp?.kind === 'tcp' ? tcp.host : '127.0.0.1';
  const ws = all.find((listener) => listener.kind === 'ws' && isSimple(listener) && listener.host === host);
  return {
    host,
    tcpPort: tcp?.kind === 'tcp' ? tcp.port : null,
    webSocketPort: ws?.kind === 'ws' ? ws.port : null,
    listeners: all.filter((listener) => listener !== tcp && listener !== ws),
  };
}
