import type { AssertionResult } from '../../../shared/contract/collections.ts';
import { toAssertion, type Assertion, type AssertionDraft } from './assertion-draft.ts';
import type { LastResult } from './collections-store.ts';

/** What is found by the script and by captures stands with the result, not with an assertion. */
const isOwn = ({ kind }: AssertionResult): boolean => kind !== 'script' && kind !== 'capture';

/**
 * The result of each assertion as it stands in the editor: by what it says, so that one that was moved keeps its result, and one that
 * was changed has none until the next run.
 */
export function resultsOf(drafts: readonly AssertionDraft[], last: LastResult | undefined, inFile: readonly Assertion[]): readonly (AssertionResult | null)[] {
  if (!last) return drafts.map(() => null);
  // What ran before the file was opened here ran what is in the file, if it has assertions of the same kinds.
  const asserted = last.assertions ?? inFile;
  const results = last.result.assertions.filter(isOwn);
  // Without one of its own, a request is asked for its status first.
  const own = results.slice(Math.max(0, results.length - asserted.length));
  if (own.length !== asserted.length || own.some(({ kind }, at) => kind !== asserted[at]?.kind)) return drafts.map(() => null);
  const found = asserted.map((assertion, at) => ({ text: JSON.stringify(assertion), result: own[at] ?? null }));
  return drafts.map((draft) => {
    const text = JSON.stringify(toAssertion(draft));
    const at = found.findIndex((one) => one.text === text);
    return at < 0 ? null : (found.splice(at, 1)[0]?.result ?? null);
  });
}
