import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { templateFunctions } from '../../../../shared/template/index.ts';
import type { Variables } from '../../rpc/index.ts';
import { readBody } from './body-form.ts';
import { newUuid } from './new-uuid.ts';
import { filledFieldsOf, textsOf, type RequestDraft } from './request-draft.ts';

/** The draft with the values of variables, its body as JSON; a secret stays the placeholder that it is. */
export function copyableDraft(
  draft: RequestDraft,
  variables: Variables | null,
): { readonly draft: RequestDraft; readonly secrets: readonly string[] } | { readonly problem: string } {
  const known = variables?.environment?.variables ?? [];
  const scope = Object.fromEntries(known.map(({ name, value, secret }) => [name, secret ? `{{${name}}}` : value]));
  const functions = templateFunctions({ now: Date.now, random: Math.random, newId: newUuid, count: () => 1 });
  const source: Variables = { environment: variables?.environment ?? null, source: { scope, functions } };
  const fields = filledFieldsOf(draft, source);
  const body = readBody(draft, source);
  const [unknown] = Object.values(fields.unknown);
  if (unknown !== undefined) return { problem: unknown };
  if ('problem' in body) return { problem: `The body: ${body.problem}` };
  const texts = textsOf(draft).join('\n');
  const secrets = known
    .filter(({ name, secret }) => secret && new RegExp(`\\{\\{\\s*${name.replaceAll('.', String.raw`\.`)}\\s*[|}]`).test(texts))
    .map(({ name }) => name);
  return { draft: { ...fields.draft, bodyAs: 'json', body: jsonText(body.value) }, secrets };
}

const jsonText = (value: JsonValue): string => (value === null ? '' : JSON.stringify(value));
