import { textOf } from '../rpc/json-payload.ts';
import { readPlaceholder } from './placeholder.ts';
import type { TemplateFunctions } from './template-functions.ts';
import { checkTemplateLength, TemplateBudget } from './template-limits.ts';
import { orProblem, type TemplateProblem } from './template-problem.ts';
import { valueOf, type TemplateScope } from './template-scope.ts';

/**
 * Puts values in the place of `{{name}}`, `{{params.a.b}}`, `{{params.list[0]}}`, `{{params["any key"]}}`, `{{$uuid}}`. `{{name|value}}`: a value for
 * when there is none. `{{"{{"}}` is two braces. Texts as they are, everything else as JSON; what is filled in is not read again.
 */
export function fillTemplate(text: string, scope: TemplateScope, functions: TemplateFunctions): { readonly text: string } | TemplateProblem {
  return orProblem(() => {
    checkTemplateLength(text);
    return { text: fillText(text, scope, functions, new TemplateBudget()) };
  });
}

/** Throws a `TemplateFault`. */
export function fillText(text: string, scope: TemplateScope, functions: TemplateFunctions, budget: TemplateBudget): string {
  let filled = '';
  let done = 0;
  for (let at = text.indexOf('{{'); at !== -1; at = text.indexOf('{{', done)) {
    const placeholder = readPlaceholder(text, at);
    const value = textOf(valueOf(placeholder, scope, functions).value);
    budget.spend(value.length, at, placeholder.end - at);
    filled += text.slice(done, at) + value;
    done = placeholder.end;
  }
  return filled + text.slice(done);
}
