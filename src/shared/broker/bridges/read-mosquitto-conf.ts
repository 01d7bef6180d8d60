import { topicBridgeSchema, type BridgeRule, type ConfImport, type ConfNote, type ImportedBridge, type TopicBridge } from '../../contract/topic-bridges.ts';
import { formatBrokerUri, parseBrokerUri } from '../../mqtt/broker-uri.ts';
import { ruleProblem } from './topic-rules.ts';

const mostBridges = 100;
const mostRules = 1000;

interface Section {
  readonly name: string;
  readonly line: number;
  readonly rules: BridgeRule[];
  readonly notes: ConfNote[];
  addresses: readonly string[];
  isTls: boolean;
  verify: 'required' | 'none';
  clearsRetain: boolean;
  password: string | null;
  values: Partial<TopicBridge>;
}

/** Options whose sections a person has to look at, with what to do instead. */
const elsewhere: Readonly<Record<string, string>> = {
  bridge_cafile: 'Paste the certificates of this file into the bridge, or into a connection that it uses.',
  bridge_capath: 'Without authorities of its own the bridge trusts those of the system.',
  bridge_certfile: 'Make a connection with this client certificate, and let the bridge use it.',
  bridge_keyfile: 'Make a connection with this key, and let the bridge use it.',
  bridge_alpn: 'Make a connection with ALPN, and let the bridge use it.',
  bridge_tls_version: 'Make a connection with this version of TLS, and let the bridge use it.',
  bridge_identity: 'TLS with a pre-shared key is not supported.',
  bridge_psk: 'TLS with a pre-shared key is not supported.',
  bridge_require_ocsp: 'OCSP is not asked for.',
  bridge_bind_address: 'The system chooses the address.',
  notifications: 'The state of the bridge is on its page; no message tells of it.',
  notification_topic: 'The state of the bridge is on its page; no message tells of it.',
  notifications_local_only: 'The state of the bridge is on its page; no message tells of it.',
  round_robin: 'There is one address.',
  restart_timeout: 'Waits grow from 1 s to 30 s.',
  local_clientid: 'The bridge has one client id at both brokers.',
  local_username: 'The bridge may do everything at the local broker.',
  local_password: 'The bridge may do everything at the local broker.',
  local_cleansession: 'The local broker keeps the session for five minutes.',
  idle_timeout: 'It is for lazy bridges, which there are not.',
  threshold: 'It is for lazy bridges, which there are not.',
  bridge_attempt_unsubscribe: 'Only subscriptions of rules that were removed are given up.',
  bridge_max_packet_size: 'Packets may be as large as the other broker takes them.',
  bridge_max_topic_alias: 'No topic aliases are used.',
  bridge_receive_maximum: 'The bridge takes 500 messages at once.',
};

/** Reads the bridges of a configuration file of mosquitto (mosquitto.conf(5)). `newId`: of a bridge. */
export function readMosquittoConf(text: string, newId: () => string): ConfImport {
  const sections: Section[] = [];
  const notes: ConfNote[] = [];
  let section: Section | undefined;
  let passedOver = 0;
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [word, rest] = splitOnce(line);
    if (word === 'connection') {
      if (rest === '') notes.push({ line: at + 1, message: '“connection” without a name: what follows is passed over.' });
      section = rest === '' ? undefined : newSection(rest, at + 1);
      if (section && sections.length < mostBridges) sections.push(section);
      else if (section) notes.push({ line: at + 1, message: `Only the first ${mostBridges} bridges are read.` });
    } else if (section && readOption(section, word, rest, at + 1)) continue;
    else if (word === 'listener' || word === 'include_dir' || !section) {
      if (word === 'include_dir') notes.push({ line: at + 1, message: `The files of ${rest} are not read: import them as well.` });
      section = undefined;
      passedOver += 1;
    } else section.notes.push({ line: at + 1, message: `“${word}” is not carried over.` });
  }
  if (passedOver > 0)
    notes.push({
      line: 1,
      message: `${passedOver} ${passedOver === 1 ? 'line that is' : 'lines that are'} not about bridges ${passedOver === 1 ? 'was' : 'were'} passed over.`,
    });
  const bridges = sections.flatMap((one) => finish(one, newId(), notes));
  return { bridges, notes };
}

const newSection = (name: string, line: number): Section => ({
  ...{ name, line, rules: [], notes: [], addresses: [], isTls: false, verify: 'required', clearsRetain: false, password: null },
  values: { version: '3.1.1' },
});

/** False: it is no option of a bridge. */
function readOption(section: Section, word: string, rest: string, line: number): boolean {
  const say = (message: string): void => void section.notes.push({ line, message });
  const { values } = section;
  switch (word) {
    case 'address':
    case 'addresses':
      section.addresses = rest.split(/\s+/).filter((one) => one !== '');
      if (section.addresses.length > 1) say(`Only the first address is used, ${section.addresses[0]}: the others stand by for it in mosquitto.`);
      return true;
    case 'topic':
      return readTopic(section, rest, line);
    case 'bridge_protocol_version':
    case 'mqtt_version': {
      const version = ({ mqttv31: '3.1', mqttv311: '3.1.1', mqttv50: '5' } as const)[rest];
      if (version) values.version = version;
      else say(`“${rest}” is no version: mqttv311 is taken.`);
      return true;
    }
    case 'cleansession':
      values.cleanStart = rest === 'true';
      return true;
    case 'keepalive_interval':
      values.keepAliveSeconds = number(rest, 0, 65_535) ?? 60;
      if (number(rest, 0, 65_535) === null) say(`“${rest}” is no number of seconds: 60 is taken.`);
      return true;
    case 'bridge_session_expiry_interval':
      values.sessionExpirySeconds = number(rest, 0, 4_294_967_295) ?? 86_400;
      return true;
    case 'remote_clientid':
    case 'clientid':
      values.clientId = rest;
      return true;
    case 'remote_username':
    case 'username':
      values.username = rest;
      return true;
    case 'remote_password':
    case 'password':
      section.password = rest;
      return true;
    case 'try_private':
      values.tryPrivate = rest === 'true';
      return true;
    case 'start_type':
      values.autoStart = rest === 'automatic';
      if (rest !== 'automatic') say(`“start_type ${rest}” is not carried over: start the bridge by hand.`);
      return true;
    case 'bridge_outgoing_retain':
      section.clearsRetain = rest === 'false';
      return true;
    case 'bridge_insecure':
      if (rest === 'true') {
        section.verify = 'none';
        say('Any certificate is taken, not only one with another host name.');
      }
      return true;
    case 'max_queued_messages':
      values.queueMessages = number(rest, 0, 50_000) ?? 1000;
      return true;
    case 'queue_qos0_messages':
      values.queueQos0 = rest === 'true';
      return true;
    default: {
      const instead = elsewhere[word];
      if (instead === undefined) return false;
      if (/^bridge_(ca|cert|key|tls|alpn|identity|psk)/.test(word)) section.isTls = true;
      say(`“${word}” is not carried over. ${instead}`);
      return true;
    }
  }
}

/** `topic PATTERN [DIRECTION [QOS [LOCAL-PREFIX [REMOTE-PREFIX]]]]` */
function readTopic(section: Section, rest: string, line: number): true {
  const say = (message: string): true => {
    section.notes.push({ line, message });
    return true;
  };
  const [filter = '', direction = 'out', qos = '0', localPrefix = '', remotePrefix = '', ...more] = rest
    .split(/\s+/)
    .map((word) => (word === '""' ? '' : word));
  if (rest === '') return say('“topic” without a pattern is left out.');
  if (direction !== 'in' && direction !== 'out' && direction !== 'both') return say(`“${direction}” is no direction (in, out or both): the line is left out.`);
  if (!/^[012]$/.test(qos)) return say(`“${qos}” is no QoS: the line is left out.`);
  if (more.length > 0) say(`“${more.join(' ')}” behind the prefixes is passed over.`);
  const rule: BridgeRule = { direction, filter, localPrefix, remotePrefix, qos: Number(qos) as BridgeRule['qos'], retain: 'keep' };
  const problem = ruleProblem(rule);
  if (problem) return say(`The rule is left out. ${problem.message}`);
  if (section.rules.length >= mostRules) return say(`Only the first ${mostRules} rules are read.`);
  section.rules.push(rule);
  return true;
}

function finish(section: Section, id: string, notes: ConfNote[]): readonly ImportedBridge[] {
  const { name, line, rules, addresses, isTls, verify, clearsRetain, password, values } = section;
  const leaveOut = (why: string): readonly ImportedBridge[] => {
    notes.push({ line, message: `The bridge “${name}” is left out: ${why}` }, ...section.notes);
    return [];
  };
  const [address] = addresses;
  if (address === undefined) return leaveOut('it has no address.');
  const parsed = parseBrokerUri(`${isTls ? 'mqtts' : 'mqtt'}://${address.includes(':') ? address : `${address}:1883`}`);
  if (!parsed.ok) return leaveOut(parsed.problem.message);
  if (rules.length === 0) return leaveOut('it has no topic that can be carried.');
  const bridge = topicBridgeSchema.safeParse({
    ...{ id, name: name.slice(0, 200), remote: { kind: 'address', uri: formatBrokerUri(parsed.value), verify }, autoStart: true, ...values },
    // In mosquitto it is about what goes out alone; of one rule here it is about both ways.
    rules: clearsRetain ? rules.map((rule) => (rule.direction === 'in' ? rule : { ...rule, retain: 'clear' })) : rules,
  });
  if (!bridge.success) return leaveOut(bridge.error.issues[0]?.message ?? 'it cannot be read.');
  return [{ bridge: bridge.data, password, notes: section.notes }];
}

function number(text: string, min: number, max: number): number | null {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : null;
}

function splitOnce(text: string): readonly [string, string] {
  const at = text.search(/\s/);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at).trim()];
}
