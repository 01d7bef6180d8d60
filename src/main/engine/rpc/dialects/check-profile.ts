import type { DialectCheck, DialectReading } from '../../../../shared/contract/rpc-dialects.ts';
import { validateTopicName } from '../../../../shared/mqtt/topic-name.ts';
import { customDialect } from '../../../../shared/rpc/custom.ts';
import { customProfileSchema } from '../../../../shared/rpc/custom-profile.ts';
import { utf8, type Dialect } from '../../../../shared/rpc/dialect.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { plainValue } from '../plain-value.ts';

export interface ProfileSamples {
  readonly message?: { readonly topic: string; readonly payload: string } | undefined;
  readonly call?: { readonly topic: string; readonly method: string; readonly params: JsonValue } | undefined;
}

const clientId = 'workbench-rpc';

/** What a profile, which may be wrong, would make of a message and of a call. `id`: a UUID with dashes. */
export function checkProfile(profile: unknown, { message, call }: ProfileSamples, id: string): DialectCheck {
  const parsed = customProfileSchema.safeParse(profile);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message: words }) => ({ path: path.map(String).join('.'), message: words }));
    return { problems, reading: null, request: null };
  }
  const dialect = customDialect(parsed.data);
  return { problems: [], reading: message ? read(dialect, message) : null, request: call ? build(dialect, call, id) : null };
}

function read(dialect: Dialect, { topic, payload }: { readonly topic: string; readonly payload: string }): DialectReading {
  const parsed = dialect.parse({ topic, payload: utf8(payload), properties: null });
  switch (parsed.kind) {
    case 'request': {
      const { key, service = topic, method, params, replyTo, callerId } = parsed;
      return { kind: 'request', requestId: key, topic: service, method, params: plainValue(params), replyTo, callerId };
    }
    case 'response': {
      const { key, outcome } = parsed;
      const said = 'error' in outcome ? { errorText: outcome.error.message } : { result: plainValue(outcome.result) };
      return { kind: 'response', requestId: key, ...said };
    }
    case 'event':
      return { kind: 'other', reason: 'an event' };
    default:
      return { kind: parsed.kind, reason: parsed.reason };
  }
}

function build(dialect: Dialect, call: NonNullable<ProfileSamples['call']>, id: string): DialectCheck['request'] {
  const built = dialect.buildRequest({ ...call, id, clientId, callerId: clientId });
  if ('problem' in built) return built;
  const { message, replyTo } = built;
  for (const [what, topic] of [
    ['The request', message.topic],
    ['The answer', replyTo],
  ] as const) {
    const problem = validateTopicName(topic);
    if (problem) return { problem: `${what} cannot go to "${topic}". ${problem.message}` };
  }
  return { topic: message.topic, payload: new TextDecoder().decode(message.payload), replyTo };
}
