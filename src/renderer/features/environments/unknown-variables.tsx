import type { ReactElement } from 'react';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { editEnvironments, useActiveEnvironment } from './environments-model.ts';
import { unknownVariables, usedVariables, variableWords } from './used-variables.ts';

interface UnknownVariablesProps {
  /** Everything that may hold `{{variables}}`. */
  readonly texts: readonly string[];
  /** Names that something else than the environment gives values to. */
  readonly known: readonly string[];
  /** Where else they were looked for: `and this collection has none`; may be empty. */
  readonly elsewhere: string;
  /** What follows. */
  readonly children: string;
}

/** Warns of variables that nothing gives a value to. */
export function UnknownVariables({ texts, known, elsewhere, children }: UnknownVariablesProps): ReactElement | null {
  const environment = useActiveEnvironment();
  const used = usedVariables(texts);
  if (used.length === 0) return null;
  const unknown = unknownVariables(used, new Set([...known, ...(environment?.variables ?? []).map(({ name }) => name)]));
  if (unknown.length === 0) return null;
  const [is, has] = unknown.length === 1 ? ['is', 'has'] : ['are', 'have'];
  const where = environment ? `${is} not in “${environment.name}”` : `${has} no value: no environment is chosen`;
  return (
    <Banner
      inset
      kind="warn"
      title={`${variableWords(unknown)} ${where}${elsewhere === '' ? '' : `, ${elsewhere}`}.`}
      actions={
        <Button size="small" onClick={() => editEnvironments(environment?.id)}>
          Environments …
        </Button>
      }
    >
      {children}
    </Banner>
  );
}
