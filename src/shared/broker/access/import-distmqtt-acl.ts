import { LineCounter, isMap, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import { validateTopicFilter } from '../../mqtt/topic-filter.ts';
import type { AccessRule } from './access-rules.ts';
import type { ImportedRules, ImportFinding } from './import-findings.ts';

/**
 * The rules of `topic-check: acl:` in the configuration of distmqtt's broker (YAML), or of that list alone. distmqtt asks only at SUBSCRIBE: a user may
 * subscribe to what the list has for it, clients without a name to what it has for `anonymous`, and everybody may publish everything.
 */
export function readDistmqttAcl(text: string): ImportedRules {
  const lines = new LineCounter();
  const findings: ImportFinding[] = [];
  const say = (node: Node | null | undefined, message: string): void => {
    findings.push({ line: lines.linePos(node?.range?.[0] ?? 0).line || 1, message });
  };
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) return { rules: [], findings: [{ line: lines.linePos(error.pos[0]).line, message: `This is not YAML: ${error.message.split('\n')[0] ?? ''}` }] };
  const check = isMap(document.contents) ? (document.contents.get('topic-check') ?? document.contents) : null;
  const list = isMap(check) ? (check.get('acl') ?? check) : null;
  if (!isMap(list)) return { rules: [], findings: [{ line: 1, message: 'There is no “acl” with users and their filters.' }] };
  if (isMap(check) && (check.get('enabled') as unknown) === false) say(check, 'The list is switched off there (“enabled: false”).');

  const rules: AccessRule[] = [];
  for (const { key, value } of list.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (!isSeq(value)) {
      say(key, `“${name}” has no list of filters.`);
      continue;
    }
    for (const item of value.items) {
      const filter = isScalar(item) && typeof item.value === 'string' ? item.value : null;
      const problem = filter === null ? 'this is no text' : filterProblem(filter);
      if (filter === null || problem !== null) say(item, `A filter of “${name}” cannot be used: ${problem}`);
      else rules.push({ effect: 'allow', user: name === 'anonymous' ? '' : name, action: 'subscribe', filter });
    }
  }
  return { rules: [...rules, { effect: 'allow', action: 'publish', filter: '#' }], findings };
}

function filterProblem(filter: string): string | null {
  if (/%[uc]/.test(filter)) return 'it means the characters %u or %c themselves, which a rule here cannot.';
  if (filter.startsWith('$share/')) return 'a rule is about topics, not about a shared subscription.';
  return validateTopicFilter(filter)?.message ?? null;
}
