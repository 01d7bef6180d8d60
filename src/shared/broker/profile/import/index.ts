import type { BrokerProfile, ImportNote, ProfileImportFormat } from '../../../contract/broker-profile.ts';
import type { Problem } from '../../../contract/common.ts';
import { readProfileDocument } from '../profile-document.ts';
import { readProfile } from '../read-profile.ts';
import { readDistmqttBroker } from './distmqtt.ts';
import { readMosquittoConf } from './mosquitto.ts';
import { faultKeys, mqttdNames, mqttdParameters, readMqttd } from './mqttd.ts';
import { ProfileDraft } from './profile-draft.ts';

export interface ImportedProfile {
  readonly format: ProfileImportFormat | null;
  readonly profile: BrokerProfile | null;
  readonly notes: readonly ImportNote[];
  readonly problem: Problem | null;
}

const longest = 200_000;
const none = (message: string, advice: string, format: ProfileImportFormat | null = null): ImportedProfile => ({
  format,
  profile: null,
  notes: [],
  problem: { code: 'invalid-input', message, advice },
});

/** Reads the configuration of another broker, or a profile of ours. Never throws; nothing it names is opened. */
export function importProfile(text: string, asked?: ProfileImportFormat): ImportedProfile {
  if (text.length > longest)
    return none(`The text has more than ${longest.toLocaleString('en-GB')} characters.`, 'Configurations of brokers are shorter: choose another file.');
  if (text.trim() === '') return none('The text is empty.', 'Paste a configuration, or choose a file.');
  const format = asked ?? recognise(text);
  if (format === null) {
    return isFaultFile(text)
      ? none('This is a file with faults of mqttd or curl.', 'Import it in the tab Faults.')
      : none('This is no configuration that is known.', 'Choose its format, if it is one of them.');
  }
  if (format === 'profile') return ofOurOwn(text);
  const draft = new ProfileDraft();
  if (format === 'mosquitto') readMosquittoConf(text, draft);
  else if (format === 'mqttd') readMqttd(text, draft);
  else {
    const read = readProfileDocument(text, '1.1');
    if (!('document' in read)) {
      const [first] = read.problems;
      return none(`Line ${first?.line ?? 1}, column ${first?.column ?? 1}: ${first?.message ?? ''}`, 'Repair it there.', format);
    }
    readDistmqttBroker(text, read, draft);
  }
  const profile = draft.profile(`Imported from ${format === 'mosquitto' ? 'mosquitto.conf' : format}`);
  return { format, profile, notes: draft.notes, problem: null };
}

function ofOurOwn(text: string): ImportedProfile {
  const { profile, problems } = readProfile(text);
  const notes = problems.map(({ line, message }): ImportNote => ({ kind: 'lost', line, key: '', message }));
  if (profile !== null) return { format: 'profile', profile, notes, problem: null };
  const [first] = problems;
  return { ...none(`Line ${first?.line ?? 1}, column ${first?.column ?? 1}: ${first?.message ?? ''}`, 'Repair it there.', 'profile'), notes };
}

/** By the words that only one of them has. */
function recognise(text: string): ProfileImportFormat | null {
  const has = (pattern: RegExp): boolean => pattern.test(text);
  if (has(/^(?:tcpPort|webSocketPort|engine|access|limits|persistence):/m)) return 'profile';
  if (has(/\bMQTTApp\s*\(/)) return 'mqttd';
  if (has(/^(?:topic-check|timeout-disconnect-delay|sys_interval|auth|distkv|max-qos)\s*:/m) || has(/^listeners\s*:\s*(?:#.*)?$[^]*?^\s+bind\s*:/m))
    return 'distmqtt';
  if (
    has(
      /^\s*(?:listener\s+\d|port\s+\d+|allow_anonymous\s|password_file\s|acl_file\s|per_listener_settings\s|persistence\s+(?:true|false)|max_(?:queued|inflight)_messages\s|certfile\s|connection\s+\S)/m,
    )
  )
    return 'mosquitto';
  const names = mqttdParameters(text.slice(0, 20_000)).filter(({ name }) => (mqttdNames as readonly string[]).includes(name));
  if (names.length > 0) return 'mqttd';
  return /^listeners\s*:/m.test(text) ? 'profile' : null;
}

function isFaultFile(text: string): boolean {
  const words = text.split(/\r?\n/).flatMap((line) => (line.trim() === '' || line.startsWith('#') ? [] : [line.trim().split(/\s+/, 1)[0] ?? '']));
  return words.length > 0 && words.every((word) => (faultKeys as readonly string[]).includes(word));
}
