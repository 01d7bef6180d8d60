import type { FaultProfile } from '../../../../shared/broker/faults/fault-rules.ts';
import { readMqttdConfig, writeMqttdConfig, type KeyFinding } from '../../../../shared/broker/faults/mqttd-keys.ts';
import { toasts } from '../../../ui/toast.tsx';
import { copyName, formatBytes, newId, saveFile } from '../../common/index.ts';

const maxBytes = 1_048_576;

const fileName = (name: string, ending: string): string =>
  `${
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'faults'
  }${ending}`;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export function exportProfile(profile: FaultProfile): void {
  saveFile([bytes(`${JSON.stringify(profile, null, 2)}\n`)], fileName(profile.name, '.faults.json'));
}

export function exportConfig(profile: FaultProfile): void {
  if (profile.keys !== undefined) saveFile([bytes(writeMqttdConfig(profile.keys))], fileName(profile.name, '.conf'));
}

/** A profile of the workbench, or a config file of mqttd, to be looked at and saved. Rejects with why not, in a sentence. */
export async function importProfile(file: File, names: readonly string[]): Promise<FaultProfile> {
  if (file.size > maxBytes) throw new Error(`It has ${formatBytes(file.size)}; at most ${formatBytes(maxBytes)} are taken.`);
  const text = await file.text();
  if (text.includes('\0')) throw new Error('It is no text.');
  return text.trimStart().startsWith('{') ? ofJson(text, names) : ofConfig(file.name, text, names);
}

function ofJson(text: string, names: readonly string[]): FaultProfile {
  const read = JSON.parse(text) as Partial<FaultProfile>;
  if (typeof read.name !== 'string' || !Array.isArray(read.rules) || !read.rules.every(isRule)) throw new Error('It is no profile of faults.');
  const { name, description = '', seed = 1, rules, keys } = read;
  return { id: newId(), name: names.includes(name) ? copyName(name, names) : name, description, seed, rules, ...(keys === undefined ? {} : { keys }) };
}

/** Enough to be shown; the engine checks every field before it keeps or uses it. */
function isRule(rule: unknown): boolean {
  if (typeof rule !== 'object' || rule === null) return false;
  const { action, where, id } = rule as { readonly action?: { readonly kind?: unknown } | null; readonly where?: unknown; readonly id?: unknown };
  return typeof id === 'string' && typeof action?.kind === 'string' && typeof where === 'object' && where !== null;
}

function ofConfig(fileTitle: string, text: string, names: readonly string[]): FaultProfile {
  // A file does not say whose it is: comments and flags without a value are known in Python only, some keys in C only.
  const [ofC, ofPython] = [readMqttdConfig(text, 'c'), readMqttdConfig(text, 'python')];
  const { keys, findings } = ofPython.findings.length < ofC.findings.length ? ofPython : ofC;
  if (Object.keys(keys).length === 1 && findings.length > 0) throw new Error(`It has no line that mqttd knows. ${sentence(findings[0])}`);
  if (findings.length > 0) {
    toasts.show({ kind: 'warn', title: `Not all of “${fileTitle}” could be taken`, detail: findings.slice(0, 3).map(sentence).join(' ') });
  }
  const name = fileTitle.replace(/\.[^.]*$/, '') || 'mqttd';
  return { id: newId(), name: names.includes(name) ? copyName(name, names) : name, description: '', seed: 1, rules: [], keys };
}

const sentence = (finding: KeyFinding | undefined): string => (finding === undefined ? '' : `Line ${finding.line}: ${finding.message}`);
