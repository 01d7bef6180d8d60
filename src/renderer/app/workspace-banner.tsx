import type { WorkspaceProblem } from '../../shared/contract/workspace.ts';
import { engineClient } from '../data/index.ts';
import { Banner } from '../ui/banner.tsx';
import { showError } from './show-error.ts';

/** Workspace files that could not be read: what happened to each, until the user has seen it. */
export function WorkspaceBanner({ problems }: { readonly problems: readonly WorkspaceProblem[] }) {
  return problems.map((problem) => (
    <Banner key={problem.file} kind="warn" title={problem.message} onDismiss={() => void dismiss(problem.file)}>
      {problem.keptAs === null ? null : (
        <>
          The file was kept as <code data-selectable>{problem.keptAs}</code>.{' '}
        </>
      )}
      {problem.advice}
    </Banner>
  ));
}

async function dismiss(file: string): Promise<void> {
  try {
    await engineClient().call('workspace.dismissProblem', { file });
  } catch (error) {
    showError(error, 'The message could not be dismissed');
  }
}
