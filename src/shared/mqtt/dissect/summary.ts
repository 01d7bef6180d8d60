import { packetType } from '../packet/packet-type.ts';
import { codeWords, isRefusal } from './code-words.ts';
import { findField, type Dissection, type Field } from './fields.ts';

export interface PacketSummary {
  readonly packetId: number | null;
  /** Of PUBLISH, of a will in CONNECT, the first filter of SUBSCRIBE and UNSUBSCRIBE. */
  readonly topic: string | null;
  /** What is worth knowing at a glance: QoS, flags, codes. */
  readonly words: string;
  readonly problem: 'violation' | 'refusal' | null;
}

/** A dissected packet in one line. `topic`: of PUBLISH, where an alias stands for it. */
export function summarise(dissection: Dissection, topic: string | null = null): PacketSummary {
  const { type, fields, level, violations } = dissection;
  const packetId = findField(fields, 'packetId')?.raw;
  const codes = fields.filter(({ key }) => key === 'code').map(({ raw }) => raw as number);
  const refuses = type !== null && codes.some((code) => isRefusal(type, code, level));
  return {
    packetId: typeof packetId === 'number' ? packetId : null,
    topic: topicOf(dissection) || topic,
    words: [wordsOf(dissection, codes), ...brokenRules(dissection)].filter((words) => words !== '').join(' · '),
    problem: violations.length > 0 ? 'violation' : refuses ? 'refusal' : null,
  };
}

/** The first one; the details have all. */
function brokenRules({ violations }: Dissection): readonly string[] {
  const [first] = violations;
  return first === undefined ? [] : [`${first.message} [${first.clause}]`];
}

function topicOf({ type, fields }: Dissection): string | null {
  const key = type === packetType.publish ? 'topic' : type === packetType.connect ? 'willTopic' : 'filter';
  const raw = findField(fields, key)?.raw;
  return typeof raw === 'string' ? raw : null;
}

function wordsOf(dissection: Dissection, codes: readonly number[]): string {
  const { type, fields, level } = dissection;
  const raw = (key: string): Field['raw'] => findField(fields, key)?.raw;
  const text = (key: string): string => findField(fields, key)?.text ?? '';
  const parts: string[] = [];
  switch (type) {
    case packetType.connect: {
      parts.push(findField(fields, 'protocolLevel')?.meaning ?? '', `keep-alive ${text('keepAlive')}`);
      if (raw('cleanStart') === 1) parts.push(level === 5 ? 'clean start' : 'clean session');
      if (raw('willFlag') === 1) parts.push('will');
      if (raw('username') !== undefined) parts.push(`user ${text('username')}`);
      break;
    }
    case packetType.publish: {
      parts.push(`QoS ${text('qos')}`);
      if (raw('dup') === 1) parts.push('DUP');
      if (raw('retain') === 1) parts.push('retain');
      if (raw('topicAlias') !== undefined || findField(fields, 'topicAlias')) parts.push(`alias ${text('topicAlias')}`);
      const payload = raw('payload');
      if (payload instanceof Uint8Array) parts.push(payload.length === 0 ? 'no payload' : `payload ${payload.length} B`);
      break;
    }
    case packetType.subscribe:
    case packetType.unsubscribe: {
      const count = fields.filter(({ key }) => key === 'subscription' || key === 'filter').length;
      if (count > 1) parts.push(`${count} filters`);
      else if (type === packetType.subscribe && count === 1) parts.push(`QoS ${text('qos')}`);
      break;
    }
    case packetType.connack:
      if (raw('sessionPresent') === 1 && level !== 3) parts.push('session present');
      parts.push(...codes.map((code) => codeWords(type, code, level)));
      break;
    default:
      if (type !== null) parts.push(...codeParts(type, codes, level));
  }
  return parts.filter((part) => part !== '').join(', ');
}

function codeParts(type: number, codes: readonly number[], level: Dissection['level']): readonly string[] {
  const shown = codes.slice(0, 4).map((code) => codeWords(type, code, level));
  return codes.length > shown.length ? [...shown, `${codes.length - shown.length} more`] : shown;
}
