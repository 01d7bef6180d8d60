import { listenerKindWords, listenerUrl, shareAPlace, unixUrl, type ListenerKind } from '../../../../shared/mqtt/listener-kinds.ts';
import type { ListenerOptions, ListenerTls } from '../../../../shared/contract/listeners.ts';
import { describeUser } from './listener-form.ts';

/** A listener while it is edited: everything that can be typed is text. What its kind has no use for is kept, in case the kind changes back. */
export interface ListenerDraft {
  readonly id: string;
  readonly enabled: boolean;
  readonly name: string;
  readonly kind: ListenerKind;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  /** Of the TLS lab; empty: the files. */
  readonly labCertificate: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly clientCertificates: ListenerTls['clientCertificates'];
  readonly minVersion: ListenerTls['minVersion'];
  readonly crlFile: string;
  readonly userFrom: ListenerTls['userFrom'];
  readonly proxyProtocol: boolean;
  readonly maxConnections: string;
  readonly connectionsPerSecond: string;
  readonly maxPacketBytes: string;
}

export type DraftField =
  | 'host'
  | 'port'
  | 'path'
  | 'certificateFile'
  | 'keyFile'
  | 'caFile'
  | 'crlFile'
  | 'maxConnections'
  | 'connectionsPerSecond'
  | 'maxPacketBytes';
export type DraftProblems = Readonly<Partial<Record<DraftField, string>>>;

/** What brokers use for each, where nobody else is. */
const usualPorts: Readonly<Record<Exclude<ListenerKind, 'unix'>, string>> = { tcp: '1884', tls: '8883', ws: '8080', wss: '8084' };

export function newDraft(id: string): ListenerDraft {
  return {
    id,
    enabled: true,
    name: '',
    kind: 'tls',
    host: '127.0.0.1',
    port: usualPorts.tls,
    path: '',
    labCertificate: '',
    certificateFile: '',
    keyFile: '',
    caFile: '',
    clientCertificates: 'none',
    minVersion: '1.2',
    crlFile: '',
    userFrom: 'connect',
    proxyProtocol: false,
    maxConnections: '',
    connectionsPerSecond: '',
    maxPacketBytes: '',
  };
}

export function draftOf(options: ListenerOptions): ListenerDraft {
  const { id, enabled, name, kind, proxyProtocol } = options;
  const tls =
    'tls' in options
      ? { ...options.tls, caFile: options.tls.caFile ?? '', crlFile: options.tls.crlFile ?? '', labCertificate: options.tls.labCertificate ?? '' }
      : {};
  const place = options.kind === 'unix' ? { path: options.path } : { host: options.host, port: String(options.port) };
  const limits = {
    maxConnections: numberText(options.maxConnections),
    connectionsPerSecond: numberText(options.connectionsPerSecond),
    maxPacketBytes: numberText(options.maxPacketBytes),
  };
  return { ...newDraft(id), enabled, name, kind, proxyProtocol, ...place, ...tls, ...limits };
}

const numberText = (value: number | null): string => (value === null ? '' : String(value));

/** With the usual port of the kind, unless another one was chosen. */
export function withKind(draft: ListenerDraft, kind: ListenerKind): ListenerDraft {
  const isUsual = draft.kind !== 'unix' && draft.port === usualPorts[draft.kind];
  return { ...draft, kind, port: isUsual && kind !== 'unix' ? usualPorts[kind] : draft.port };
}

export const hasTls = ({ kind }: Pick<ListenerDraft, 'kind'>): boolean => kind === 'tls' || kind === 'wss';

/** What has to change before it can be saved. `others`: every other listener, those that are switched off as well. */
export function checkDraft(draft: ListenerDraft, others: readonly ListenerOptions[]): DraftProblems {
  const problems: Partial<Record<DraftField, string>> = {};
  const note = (field: DraftField, problem: string | undefined): void => {
    if (problem !== undefined) problems[field] = problem;
  };
  if (draft.kind === 'unix') note('path', checkPath(draft.path, '/run/mqtt.sock'));
  else {
    note('host', draft.host.trim() === '' ? 'Enter 127.0.0.1 for this machine only, or 0.0.0.0 for all its addresses.' : undefined);
    note('port', checkNumber(draft.port, 0, 65_535, 'Enter a port from 1 to 65535, or 0 for any free one.'));
  }
  if (hasTls(draft)) {
    const isFromLab = draft.labCertificate !== '';
    if (!isFromLab) {
      note('certificateFile', checkPath(draft.certificateFile, '/etc/mqtt/server.pem'));
      note('keyFile', checkPath(draft.keyFile, '/etc/mqtt/server.key'));
    }
    if (draft.clientCertificates !== 'none' && !(isFromLab && draft.caFile.trim() === '')) note('caFile', checkPath(draft.caFile, '/etc/mqtt/ca.pem'));
    if (draft.clientCertificates !== 'none' && draft.crlFile.trim() !== '') note('crlFile', checkPath(draft.crlFile, '/etc/mqtt/crl.pem'));
  }
  if (draft.maxConnections !== '') note('maxConnections', checkNumber(draft.maxConnections, 1, 1_000_000));
  if (draft.connectionsPerSecond !== '') note('connectionsPerSecond', checkNumber(draft.connectionsPerSecond, 1, 1_000_000));
  if (draft.maxPacketBytes !== '') note('maxPacketBytes', checkNumber(draft.maxPacketBytes, 64, 268_435_460));
  if (Object.keys(problems).length > 0 || !draft.enabled) return problems;
  const listener = optionsOf(draft);
  const other = others.find((one) => one.enabled && shareAPlace(one, listener));
  if (other) note(draft.kind === 'unix' ? 'path' : 'port', `${describeUser(other)} uses this ${draft.kind === 'unix' ? 'path' : 'port'} already.`);
  return problems;
}

/** The page may be on another machine than the files, and on another system. */
function checkPath(text: string, example: string): string | undefined {
  return /^(\/|[A-Za-z]:[\\/]|\\\\)[^\0]+$/.test(text.trim()) ? undefined : `Enter the whole path, such as ${example}.`;
}

function checkNumber(text: string, min: number, max: number, problem = `Enter a number from ${min} to ${max}, or nothing for no limit.`): string | undefined {
  return /^\s*\d{1,9}\s*$/.test(text) && Number(text) >= min && Number(text) <= max ? undefined : problem;
}

/** Only for a draft without problems. */
export function optionsOf(draft: ListenerDraft): ListenerOptions {
  const { id, enabled, kind, proxyProtocol, clientCertificates, minVersion } = draft;
  const number = (text: string): number | null => (text.trim() === '' ? null : Number(text));
  const tls: ListenerTls = {
    labCertificate: draft.labCertificate === '' ? null : draft.labCertificate,
    certificateFile: draft.certificateFile.trim(),
    keyFile: draft.keyFile.trim(),
    caFile: clientCertificates === 'none' || draft.caFile.trim() === '' ? null : draft.caFile.trim(),
    clientCertificates,
    minVersion,
    crlFile: clientCertificates === 'none' || draft.crlFile.trim() === '' ? null : draft.crlFile.trim(),
    userFrom: clientCertificates === 'none' ? 'connect' : draft.userFrom,
  };
  const common = {
    id,
    name: draft.name.trim(),
    enabled,
    proxyProtocol,
    maxConnections: number(draft.maxConnections),
    connectionsPerSecond: number(draft.connectionsPerSecond),
    maxPacketBytes: number(draft.maxPacketBytes),
  };
  const place = { host: draft.host.trim(), port: Number(draft.port) };
  switch (kind) {
    case 'unix':
      return { kind, ...common, path: draft.path.trim() };
    case 'tls':
    case 'wss':
      return { kind, ...common, ...place, tls };
    default:
      return { kind, ...common, ...place };
  }
}

/** Where the user name of a client with a certificate comes from. */
export const userSourceWords: Readonly<Record<ListenerTls['userFrom'], string>> = {
  connect: 'as the client says',
  'common-name': 'common name (CN)',
  subject: 'whole subject',
  email: 'e-mail address',
  dns: 'DNS name',
  uri: 'URI',
};

/** How a listener is called where a sentence goes on about it. */
export function listenerTitle({ name, kind }: Pick<ListenerOptions, 'name' | 'kind'>): string {
  return name === '' ? listenerKindWords[kind] : name;
}

/** Where it listens, or will. */
export function placeOf(options: ListenerOptions): string {
  if (options.kind === 'unix') return unixUrl(options.path);
  const url = listenerUrl(options);
  return options.port === 0 ? url.replace(/:0$/, ', any free port') : url;
}

/** What is special about it, each in a few words. */
export function listenerTraits(options: ListenerOptions): readonly string[] {
  const { proxyProtocol, maxConnections, connectionsPerSecond, maxPacketBytes } = options;
  const certificates = 'tls' in options ? options.tls.clientCertificates : 'none';
  const isEverywhere = options.kind !== 'unix' && (options.host === '0.0.0.0' || options.host === '::');
  const labCertificate = 'tls' in options ? options.tls.labCertificate : null;
  return [
    ...(labCertificate === null ? [] : [`certificate of the lab: ${labCertificate}`]),
    ...(isEverywhere ? ['all addresses of this machine'] : []),
    ...(certificates === 'require' ? ['client certificates required'] : certificates === 'request' ? ['client certificates requested'] : []),
    ...('tls' in options && certificates !== 'none' && options.tls.userFrom !== 'connect' ? [`user: ${userSourceWords[options.tls.userFrom]}`] : []),
    ...('tls' in options && certificates !== 'none' && options.tls.crlFile !== null ? ['revocation checked'] : []),
    ...('tls' in options && options.tls.minVersion === '1.3' ? ['TLS 1.3 only'] : []),
    ...(proxyProtocol ? ['behind a proxy'] : []),
    ...(maxConnections === null ? [] : [`up to ${maxConnections} connections`]),
    ...(connectionsPerSecond === null ? [] : [`${connectionsPerSecond} new ones per second`]),
    ...(maxPacketBytes === null ? [] : [`packets up to ${maxPacketBytes} bytes`]),
  ];
}

/** Whether the running broker has exactly these listeners. */
export function isApplied(saved: readonly ListenerOptions[], startedWith: readonly ListenerOptions[]): boolean {
  const enabled = (listeners: readonly ListenerOptions[]): string => JSON.stringify(listeners.filter((listener) => listener.enabled));
  return enabled(saved) === enabled(startedWith);
}
