import type { RpcRule } from '../../../../shared/contract/rpc-nodes.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { matchesPattern } from '../name-pattern.ts';

/** What a rule decides about. */
export interface RuledCall {
  readonly callerId: string;
  readonly method: string;
  readonly topic: string;
  readonly params: JsonValue;
}

export interface Verdict {
  readonly allowed: boolean;
  /** `null`: none matched. */
  readonly ruleId: string | null;
  /** A sentence. */
  readonly reason: string;
}

/** Rejects with what the script threw, or the limit it hit. */
export type RunRuleScript = (rule: RpcRule, call: RuledCall) => Promise<JsonValue | undefined>;

const nothingMatched: Verdict = { allowed: true, ruleId: null, reason: 'No rule matches, so it is allowed.' };

/** The first rule that matches decides. Without scripts it does so at once. */
export function decide(rules: readonly RpcRule[], call: RuledCall, runScript: RunRuleScript): Verdict | Promise<Verdict> {
  const at = rules.findIndex(
    (rule) => rule.enabled && matchesPattern(rule.caller, call.callerId) && matchesPattern(rule.method, call.method) && matchesPattern(rule.topic, call.topic),
  );
  const rule = rules[at];
  if (!rule) return nothingMatched;
  const named = `Rule ${at + 1}`;
  if (rule.effect === 'script') return decideByScript(rule, named, call, runScript);
  const allowed = rule.effect === 'allow';
  return { allowed, ruleId: rule.id, reason: `${named} ${allowed ? 'allows' : 'denies'} it.` };
}

/** Only `true` allows: what throws, takes too long or says something else denies. */
async function decideByScript(rule: RpcRule, named: string, call: RuledCall, runScript: RunRuleScript): Promise<Verdict> {
  try {
    const said = await runScript(rule, call);
    if (said === true) return { allowed: true, ruleId: rule.id, reason: `The script of ${named.toLowerCase()} allows it.` };
    const what = said === false ? 'denies it' : `says neither true nor false (${JSON.stringify(said)?.slice(0, 100) ?? 'undefined'}), which denies`;
    return { allowed: false, ruleId: rule.id, reason: `The script of ${named.toLowerCase()} ${what}.` };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { allowed: false, ruleId: rule.id, reason: `The script of ${named.toLowerCase()} failed, which denies: ${message}` };
  }
}
