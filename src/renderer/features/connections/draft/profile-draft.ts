import { newProfile } from '../../../../shared/connections/new-profile.ts';
import { connectionSecretNames } from '../../../../shared/connections/secret-names.ts';
import type { ConnectionProfile, ConnectionProfileView } from '../../../../shared/contract/connections.ts';
import type { ConnectionSecretName, ReconnectPolicy, Will } from '../../../../shared/contract/connection-profile.ts';
import type { Qos } from '../../../../shared/contract/common.ts';

/** A secret while it is edited: `keep` whatever is stored, `set` what was typed here, or `remove` it. */
export interface SecretDraft {
  readonly change: 'keep' | 'set' | 'remove';
  readonly value: string;
  /** What stands for a value that is not shown as text: the name of its file. */
  readonly label: string;
}

/** `unset`: not sent. */
export type Choice = 'unset' | 'yes' | 'no';
type Pairs = readonly (readonly [string, string])[];

/** Bytes that a person may write in several ways. */
export interface BytesDraft {
  readonly text: string;
  readonly as: 'text' | 'hex' | 'base64';
}

type Tls = ConnectionProfile['tls'];

/** A whole profile while it is edited: numbers are still text (empty for `null`), and secrets are only what was typed here. */
export interface ProfileDraft extends Pick<
  ConnectionProfile,
  'id' | 'name' | 'folder' | 'color' | 'favourite' | 'notes' | 'connectAtStart' | 'pikaPeers' | 'uri' | 'version' | 'username' | 'cleanStart' | 'clientIdSuffix'
> {
  readonly clientIdMode: 'generated' | 'fixed';
  readonly clientId: string;
  readonly keepAliveSeconds: string;
  readonly pingDelaySeconds: string;
  readonly connectTimeoutSeconds: string;
  readonly connectProperties: {
    readonly sessionExpirySeconds: string;
    readonly receiveMaximum: string;
    readonly maximumPacketSize: string;
    readonly topicAliasMaximum: string;
    readonly requestResponseInformation: Choice;
    readonly requestProblemInformation: Choice;
    readonly userProperties: Pairs;
  };
  readonly will: Pick<Will, 'topic' | 'payload' | 'payloadAs' | 'qos' | 'retain' | 'contentType' | 'responseTopic' | 'payloadIsUtf8'> & {
    /** What was written stays while it is off, until it is saved. */
    readonly enabled: boolean;
    readonly delaySeconds: string;
    readonly messageExpirySeconds: string;
    readonly correlationData: BytesDraft;
    readonly userProperties: Pairs;
  };
  readonly authentication: { readonly kind: 'none' | 'scram-sha-256' | 'dialog'; readonly method: string; readonly initialData: BytesDraft };
  /** `alpn`: names with commas between them. */
  readonly tls: Omit<Tls, 'alpn' | 'pinned' | 'minVersion' | 'maxVersion'> & {
    readonly alpn: string;
    readonly pinned: readonly string[];
    readonly minVersion: NonNullable<Tls['minVersion']> | 'any';
    readonly maxVersion: NonNullable<Tls['maxVersion']> | 'any';
  };
  readonly webSocket: { readonly headers: Pairs; readonly subprotocol: string };
  readonly proxy: { readonly kind: 'none' | 'http' | 'socks5'; readonly host: string; readonly port: string; readonly username: string };
  readonly reconnect: Pick<ReconnectPolicy, 'enabled' | 'retryFirst'> & {
    readonly intervalSeconds: string;
    readonly multiplier: string;
    readonly maxIntervalSeconds: string;
    readonly maxAttempts: string;
    /** Percent. */
    readonly jitter: string;
  };
  readonly limits: { readonly maxQueuedMessages: string; readonly maxPayloadBytes: string };
  readonly publishDefaults: {
    readonly qos: Qos;
    readonly retain: boolean;
    readonly topics: readonly { readonly topic: string; readonly qos: Qos | null; readonly retain: boolean | null }[];
  };
  readonly secrets: Readonly<Record<ConnectionSecretName, SecretDraft>>;
}

/** What an edit changes: fields, or how they follow from what is there at that moment. */
export type DraftChange = Partial<ProfileDraft> | ((now: ProfileDraft) => Partial<ProfileDraft>);

const keep: SecretDraft = { change: 'keep', value: '', label: '' };
const noBytes: BytesDraft = { text: '', as: 'text' };

export function newDraft(id: string): ProfileDraft {
  return draftOf(newProfile(id, { uri: 'mqtt://' }));
}

export function draftOf(profile: ConnectionProfile | ConnectionProfileView): ProfileDraft {
  const { connectProperties, will, authentication, tls, proxy, reconnect, limits } = profile;
  return {
    id: profile.id,
    name: profile.name,
    folder: profile.folder,
    color: profile.color,
    favourite: profile.favourite,
    notes: profile.notes,
    connectAtStart: profile.connectAtStart,
    pikaPeers: profile.pikaPeers,
    uri: profile.uri,
    version: profile.version,
    username: profile.username,
    cleanStart: profile.cleanStart,
    clientIdMode: profile.clientId === null ? 'generated' : 'fixed',
    clientId: profile.clientId ?? '',
    clientIdSuffix: profile.clientIdSuffix,
    keepAliveSeconds: String(profile.keepAliveSeconds),
    pingDelaySeconds: String(profile.pingDelaySeconds),
    connectTimeoutSeconds: String(profile.connectTimeoutSeconds),
    connectProperties: {
      sessionExpirySeconds: optionalText(connectProperties.sessionExpirySeconds),
      receiveMaximum: optionalText(connectProperties.receiveMaximum),
      maximumPacketSize: optionalText(connectProperties.maximumPacketSize),
      topicAliasMaximum: optionalText(connectProperties.topicAliasMaximum),
      requestResponseInformation: choiceOf(connectProperties.requestResponseInformation),
      requestProblemInformation: choiceOf(connectProperties.requestProblemInformation),
      userProperties: connectProperties.userProperties,
    },
    will: {
      enabled: will !== null,
      topic: will?.topic ?? '',
      payload: will?.payload ?? '',
      payloadAs: will?.payloadAs ?? 'text',
      qos: will?.qos ?? 0,
      retain: will?.retain ?? false,
      contentType: will?.contentType ?? '',
      responseTopic: will?.responseTopic ?? '',
      payloadIsUtf8: will?.payloadIsUtf8 ?? false,
      delaySeconds: String(will?.delaySeconds ?? 0),
      messageExpirySeconds: optionalText(will?.messageExpirySeconds ?? null),
      correlationData: bytesDraft(will?.correlationData ?? ''),
      userProperties: will?.userProperties ?? [],
    },
    authentication: {
      kind: authentication?.kind ?? 'none',
      method: authentication?.kind === 'dialog' ? authentication.method : '',
      initialData: authentication?.kind === 'dialog' ? bytesDraft(authentication.initialData) : noBytes,
    },
    tls: { ...tls, alpn: tls.alpn.join(', '), minVersion: tls.minVersion ?? 'any', maxVersion: tls.maxVersion ?? 'any' },
    webSocket: profile.webSocket,
    proxy: { kind: proxy?.kind ?? 'none', host: proxy?.host ?? '', port: proxy ? String(proxy.port) : '', username: proxy?.username ?? '' },
    reconnect: {
      enabled: reconnect.enabled,
      retryFirst: reconnect.retryFirst,
      intervalSeconds: String(reconnect.intervalSeconds),
      multiplier: String(reconnect.multiplier),
      maxIntervalSeconds: String(reconnect.maxIntervalSeconds),
      maxAttempts: String(reconnect.maxAttempts),
      jitter: percentText(reconnect.jitter),
    },
    limits: { maxQueuedMessages: String(limits.maxQueuedMessages), maxPayloadBytes: optionalText(limits.maxPayloadBytes) },
    publishDefaults: profile.publishDefaults,
    secrets: Object.fromEntries(connectionSecretNames.map((name) => [name, keep])) as ProfileDraft['secrets'],
  };
}

const optionalText = (value: number | null): string => (value === null ? '' : String(value));
const choiceOf = (value: boolean | null): Choice => (value === null ? 'unset' : value ? 'yes' : 'no');
const bytesDraft = (base64: string): BytesDraft => (base64 === '' ? noBytes : { text: base64, as: 'base64' });

/** 0.07 times 100 is 7.000000000000001: digits that nobody wrote are left off. */
const percentText = (share: number): string => String(Number((share * 100).toPrecision(15)));
