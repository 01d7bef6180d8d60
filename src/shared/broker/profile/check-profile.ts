import type { BrokerProfile } from '../../contract/broker-profile.ts';
import { shareAPlace } from '../../mqtt/listener-kinds.ts';

interface Contradiction {
  /** The place of the value that does not fit the others. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What each value allows, and all together do not. */
export function checkProfile(profile: BrokerProfile): readonly Contradiction[] {
  const { engine, host, tcpPort, webSocketPort, listeners, access } = profile;
  const found: Contradiction[] = [];
  const places = [
    ...(tcpPort === null ? [] : [{ path: ['tcpPort'], name: 'tcpPort', place: { kind: 'tcp' as const, host, port: tcpPort } }]),
    ...(webSocketPort === null ? [] : [{ path: ['webSocketPort'], name: 'webSocketPort', place: { kind: 'ws' as const, host, port: webSocketPort } }]),
    ...listeners.flatMap((listener, at) =>
      listener.enabled
        ? [{ path: ['listeners', at, listener.kind === 'unix' ? 'path' : 'port'], name: listener.name === '' ? listener.id : listener.name, place: listener }]
        : [],
    ),
  ];
  if (places.length === 0) found.push({ path: ['tcpPort'], message: 'All listeners are off: nobody could reach the broker.' });
  for (const [at, { path, place }] of places.entries()) {
    const other = places.slice(0, at).find((before) => shareAPlace(before.place, place));
    if (other) found.push({ path, message: `“${other.name}” listens there already.` });
  }
  for (const [at, listener] of listeners.entries()) {
    if (!('tls' in listener)) continue;
    const { clientCertificates, caFile, labCertificate } = listener.tls;
    if (clientCertificates !== 'none' && caFile === null && labCertificate === null) {
      found.push({
        path: ['listeners', at, 'tls', 'clientCertificates'],
        message: 'Certificates of clients are checked with a “caFile”, which is missing beside it.',
      });
    }
  }
  const closedBy = access.login === 'users' ? 'login' : access.otherwise === 'deny' ? 'otherwise' : access.rules.length > 0 ? 'rules' : null;
  if (engine === 'aedes' && closedBy !== null) {
    found.push({ path: ['access', closedBy], message: 'The engine aedes knows no users and no rules. Take “engine: workbench”, or let everybody in.' });
  }
  return found;
}
