import type { editor } from 'monaco-editor/editor';
import type { CodeProblem } from './load-editor.ts';
import type { ScriptLanguage } from './script-language.ts';

/** While somebody types, the script is mostly wrong. */
const quietMs = 400;
/** What checks the first script is still being set up when it is asked. */
const maxTries = 25;

/** Tells what is wrong in a script, now and when it has changed; what it gives ends that. */
export function watchProblems(
  model: editor.ITextModel,
  problemsOf: ScriptLanguage['problemsOf'],
  onProblems: (problems: readonly CodeProblem[]) => void,
): () => void {
  let latest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (triesLeft: number): void => {
    latest += 1;
    const mine = latest;
    problemsOf(model).then(
      (problems) => {
        if (mine === latest) onProblems(problems);
      },
      () => {
        if (mine === latest && triesLeft > 0) timer = setTimeout(() => look(triesLeft - 1), quietMs);
      },
    );
  };
  const changes = model.onDidChangeContent(() => {
    clearTimeout(timer);
    timer = setTimeout(() => look(maxTries), quietMs);
  });
  look(maxTries);
  return () => {
    latest += 1;
    clearTimeout(timer);
    changes.dispose();
  };
}
