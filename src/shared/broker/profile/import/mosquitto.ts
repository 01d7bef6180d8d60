import type { ProfileDraft } from './profile-draft.ts';

interface Listener {
  readonly line: number;
  readonly port: number;
  readonly bind: string;
  readonly values: Map<string, { readonly value: string; readonly line: number }>;
}

/** What each listener has of its own; in front of the first `listener` it is about the one of `port`. */
const ofListeners = new Set(
  `bind_address bind_interface cafile capath certfile keyfile crlfile ciphers ciphers_tls1.3 dhparamfile max_connections max_qos max_topic_alias mount_point protocol
  http_dir require_certificate socket_domain tls_engine tls_keyform tls_version use_identity_as_username use_subject_as_username use_username_as_clientid psk_hint
  enable_proxy_protocol accept_protocol_versions`.split(/\s+/),
);
const ofAccess = ['allow_anonymous', 'password_file', 'acl_file'] as const;
const quiet = new Set(
  `autosave_interval autosave_on_changes connection_messages log_dest log_facility log_timestamp log_timestamp_format log_type pid_file set_tcp_nodelay sys_interval user websockets_log_level
  websockets_headers_size memory_limit upgrade_outgoing_qos check_retain_source allow_duplicate_messages`.split(/\s+/),
);
const ofBridges = new Set(
  `address addresses bridge_attempt_unsubscribe bridge_bind_address bridge_cafile bridge_capath bridge_certfile bridge_identity bridge_insecure bridge_keyfile bridge_max_packet_size
  bridge_max_topic_alias bridge_outgoing_retain bridge_protocol_version bridge_psk bridge_receive_maximum bridge_session_expiry_interval bridge_tls_version bridge_alpn bridge_require_ocsp
  bridge_reload_type cleansession idle_timeout keepalive_interval local_clientid local_cleansession local_password local_username notification_topic notifications notifications_local_only
  remote_clientid remote_password remote_username restart_timeout round_robin start_type threshold topic try_private clientid username password`.split(/\s+/),
);

/** mosquitto.conf(5). */
export function readMosquittoConf(text: string, draft: ProfileDraft): void {
  const first: Listener = { line: 1, port: 1883, bind: '', values: new Map() };
  const listeners: Listener[] = [];
  const access = new Map<string, { readonly value: string; readonly line: number }>();
  let current = first;
  let isUsed = false;
  let inBridge = false;
  let perListener = false;
  let bridges = 0;
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const line = at + 1;
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const space = trimmed.search(/\s/);
    const key = space < 0 ? trimmed : trimmed.slice(0, space);
    const value = space < 0 ? '' : trimmed.slice(space).trim();
    if (key === 'connection') {
      inBridge = true;
      bridges += 1;
      if (bridges <= 20) draft.lost(line, `connection ${value}`, 'A bridge is made in the tab Bridges of the broker, with the same topics.');
    } else if (inBridge && ofBridges.has(key)) {
      if (bridges <= 20) draft.lost(line, key, 'It belongs to a bridge: see the tab Bridges.');
    } else if (key === 'listener') {
      inBridge = false;
      const [portText = '', bind = ''] = value.split(/\s+/);
      current = { line, port: /^\d{1,5}$/.test(portText) ? Number(portText) : Number.NaN, bind, values: new Map() };
      if (Number.isNaN(current.port) || current.port > 65_535) draft.lost(line, 'listener', `“${portText}” is no port.`);
      else if (listeners.length < 100) listeners.push(current);
    } else if (key === 'port') {
      isUsed = true;
      current = { ...first, line, port: /^\d{1,5}$/.test(value) ? Number(value) : 1883 };
      listeners.push(current);
    } else if (key === 'per_listener_settings') perListener = value === 'true';
    else if ((ofAccess as readonly string[]).includes(key)) {
      const before = access.get(key);
      if (before && before.value !== value)
        draft.lost(line, key, `Listeners have no access of their own here: the first one (line ${before.line}) is taken for all.`);
      else access.set(key, { value, line });
    } else if (ofListeners.has(key)) {
      if (current === first && listeners.length === 0) isUsed = true;
      current.values.set(key, { value, line });
    } else readGlobal(key, value, line, draft);
  }
  if (perListener) draft.changed(null, 'per_listener_settings', 'Login, users and rules are the same for all listeners here.');
  if (isUsed && !listeners.some(({ port }) => port === first.port) && first.values.size > 0) listeners.unshift(first);
  const isLocal = listeners.length === 0;
  if (isLocal) listeners.push({ ...first, bind: '127.0.0.1' });
  for (const listener of listeners) addListener(listener, draft);
  readAccess(access, isLocal, draft);
}

function addListener({ line, port, bind, values }: Listener, draft: ProfileDraft): void {
  const text = (key: string): string => values.get(key)?.value ?? '';
  const isOn = (key: string): boolean => text(key) === 'true';
  const name = `listener ${port}`;
  const host = bind !== '' ? bind : text('bind_address') !== '' ? text('bind_address') : '0.0.0.0';
  const secure = text('certfile') !== '' || text('keyfile') !== '';
  const isWeb = text('protocol') === 'websockets';
  const most = Number(text('max_connections'));
  const tls = {
    certificateFile: text('certfile'),
    keyFile: text('keyfile'),
    caFile: text('cafile') === '' ? null : text('cafile'),
    clientCertificates: isOn('require_certificate') && text('cafile') !== '' ? 'require' : 'none',
    minVersion: text('tls_version') === 'tlsv1.3' ? '1.3' : '1.2',
    ...(text('crlfile') === '' ? {} : { crlFile: text('crlfile') }),
    ...(isOn('use_identity_as_username') ? { userFrom: 'common-name' } : isOn('use_subject_as_username') ? { userFrom: 'subject' } : {}),
  };
  const told = new Set(
    'bind_address certfile keyfile cafile require_certificate tls_version crlfile protocol max_connections use_identity_as_username use_subject_as_username'.split(
      ' ',
    ),
  );
  for (const [key, { value, line: at }] of values) {
    if (key === 'max_qos') draft.limit(at, key, 'maximumQos', Number(value) as 0);
    else if (key === 'max_topic_alias') draft.limit(at, key, 'topicAliasMaximum', Number(value));
    else if (key === 'capath') draft.lost(at, key, 'Name one file with the authorities: “caFile”.');
    else if (key === 'mount_point') draft.lost(at, key, 'Topics of a listener get no prefix here.');
    else if (key === 'enable_proxy_protocol') continue;
    else if (!told.has(key)) draft.lost(at, key, 'There is nothing like it here.');
  }
  if (secure && values.has('cafile') && !isOn('require_certificate'))
    draft.changed(values.get('cafile')?.line ?? line, 'cafile', 'Without “require_certificate” no certificates are asked for.');
  const common = {
    ...(Number.isInteger(most) && most > 0 ? { maxConnections: most } : {}),
    ...(values.has('enable_proxy_protocol') ? { proxyProtocol: true } : {}),
  };
  if (port === 0) {
    draft.listener(line, name, { kind: 'unix', path: bind, ...common });
    return;
  }
  const kind = isWeb ? (secure ? 'wss' : 'ws') : secure ? 'tls' : 'tcp';
  draft.listener(line, name, { kind, host, port, ...common, ...(secure ? { tls } : {}) });
}

function readAccess(access: ReadonlyMap<string, { readonly value: string; readonly line: number }>, isLocal: boolean, draft: ProfileDraft): void {
  const anonymous = access.get('allow_anonymous');
  const file = access.get('password_file');
  const acl = access.get('acl_file');
  // Version 2 lets nobody in without a name, but where no listener is named.
  const open = anonymous === undefined ? isLocal && file === undefined : anonymous.value === 'true';
  if (file !== undefined) {
    draft.usersFile(
      file.line,
      'password_file',
      file.value,
      open,
      'The file is read as it is; a path without “/” in front is from the folder of the profile on.',
    );
  } else if (!open) {
    draft.access = { ...draft.access, login: 'users', anonymous: false };
    draft.changed(anonymous?.line ?? null, 'allow_anonymous', 'Only users get in: add them in the tab Access. (mosquitto from 2.0 on says so by itself.)');
  }
  if (acl !== undefined) {
    draft.access = { ...draft.access, otherwise: 'deny' };
    draft.changed(acl.line, 'acl_file', 'Everything is forbidden until its rules are imported in the tab Access.');
  }
}

function readGlobal(key: string, value: string, line: number, draft: ProfileDraft): void {
  const number = Number(value);
  const valid = /^\d{1,15}$/.test(value);
  switch (key) {
    case 'persistence':
      draft.persistence = value === 'true' ? 'file' : 'memory';
      return;
    case 'persistence_file':
    case 'persistence_location':
      draft.changed(line, key, 'The file of this broker has a place of its own, and another format.');
      return;
    case 'max_packet_size':
      if (valid && number > 0) draft.limit(line, key, 'maximumPacketBytes', number);
      return;
    case 'message_size_limit':
      if (valid && number > 0) draft.limit(line, key, 'maximumPayloadBytes', number);
      return;
    case 'max_queued_messages':
      if (valid) draft.limit(line, key, 'maximumQueuedMessages', number === 0 ? 10_000_000 : number);
      return;
    case 'max_queued_bytes':
      if (valid && number > 0) draft.limit(line, key, 'maximumQueuedBytes', number);
      return;
    case 'max_inflight_messages':
      if (valid) draft.limit(line, key, 'receiveMaximum', number === 0 ? 65_535 : number);
      return;
    case 'global_max_connections':
    case 'global_max_clients':
      if (valid && number > 0) draft.limit(line, key, 'maximumConnections', number);
      return;
    case 'max_keepalive':
      if (valid && number > 0) draft.limit(line, key, 'maximumKeepAliveSeconds', number);
      return;
    case 'retain_available':
      draft.limit(line, key, 'retainAvailable', value === 'true');
      return;
    case 'persistent_client_expiration':
      readExpiration(value, line, draft);
      return;
    case 'include_dir':
      draft.lost(line, key, 'Other files are not read: import them one by one, or put their lines into one.');
      return;
    default:
      if (quiet.has(key)) return;
      draft.lost(line, key, /^(?:auth_|plugin)/.test(key) ? 'Plugins are programs of their own.' : 'There is nothing like it here.');
  }
}

/** `2m`, `14d`: hours, days, weeks, months or years. */
function readExpiration(value: string, line: number, draft: ProfileDraft): void {
  const seconds = { h: 3600, d: 86_400, w: 604_800, m: 2_592_000, y: 31_536_000 };
  const [, count = '', unit = ''] = /^(\d{1,6})([hdwmy])$/.exec(value) ?? [];
  if (unit === '') draft.lost(line, 'persistent_client_expiration', 'It is a number with h, d, w, m or y.');
  else draft.limit(line, 'persistent_client_expiration', 'maximumSessionExpirySeconds', Math.max(1, Number(count) * seconds[unit as 'h']));
}
