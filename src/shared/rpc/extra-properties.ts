import type { BuiltRequest, ExtraProperties } from './dialect.ts';

/** What a PUBLISH takes of a text (§1.5.4). */
const maxTextBytes = 65_535;

/** Adds the caller's properties to a request; those of the dialect come first. `reserved`: user properties that are the dialect's own. */
export function withExtraProperties(
  built: BuiltRequest,
  extra: ExtraProperties | undefined,
  reserved: readonly string[] = [],
): BuiltRequest | { readonly problem: string } {
  if (!hasExtraProperties(extra)) return built;
  const { userProperties = [], contentType, messageExpirySeconds } = extra;
  for (const [name, value] of userProperties) {
    if (name === '') return { problem: 'A user property needs a name.' };
    if (reserved.includes(name)) return { problem: `The user property "${name}" belongs to the dialect, which sends it by itself.` };
    const problem = textProblem(name) ?? textProblem(value);
    if (problem !== null) return { problem: `The user property "${name}" ${problem}` };
  }
  const problem = contentType === undefined ? null : textProblem(contentType);
  if (problem !== null) return { problem: `The content type ${problem}` };
  const { message, ...rest } = built;
  const all = [...(message.properties?.userProperties ?? []), ...userProperties.map(([name, value]): [string, string] => [name, value])];
  return {
    ...rest,
    message: {
      ...message,
      properties: {
        ...message.properties,
        ...(contentType === undefined ? {} : { contentType }),
        ...(messageExpirySeconds === undefined ? {} : { messageExpirySeconds }),
        ...(all.length === 0 ? {} : { userProperties: all }),
      },
    },
  };
}

export function hasExtraProperties(extra: ExtraProperties | undefined): extra is ExtraProperties {
  return extra !== undefined && ((extra.userProperties?.length ?? 0) > 0 || extra.contentType !== undefined || extra.messageExpirySeconds !== undefined);
}

/** A UTF-8 string of MQTT has no U+0000 and no half surrogates [MQTT-1.5.4-1, -2]. */
function textProblem(text: string): string | null {
  if (text.includes('\u0000')) return 'has the character U+0000, which MQTT does not carry.';
  if (/\p{Surrogate}/u.test(text)) return 'has half a character (a lone surrogate).';
  return new TextEncoder().encode(text).byteLength > maxTextBytes ? 'is longer than 65,535 bytes.' : null;
}
