import type { ReactElement } from 'react';
import { hookScriptTypes } from '../../../shared/scripts/script-types.ts';
import { ScriptEditor } from '../../editor/script-editor.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import styles from './request.module.css';

const skeleton = `// Runs before the request is filled in and sent.
/** @type {Before} */
export const before = (variables) => {
  variables.started = String(Date.now());
};

// Runs when the answer has come.
/** @type {After} */
export const after = (response, variables, expect) => {
  expect(response.result, 'the result').toBeTruthy();
};
`;

/** JavaScript around the request, run in a sandbox without access to anything else. */
export function ScriptTab({ script, onChange }: { readonly script: string; readonly onChange: (script: string) => void }): ReactElement {
  if (script === '') {
    return (
      <EmptyState
        compact
        title="No script"
        text="For what assertions cannot say: before(variables) prepares the request, after(response, variables, expect) checks the answer."
        actions={<Button onClick={() => onChange(skeleton)}>Write a script</Button>}
      />
    );
  }
  return (
    <div className={styles.fill}>
      <ScriptEditor label="Script of the request" value={script} onChange={(text) => onChange(text.slice(0, 262_144))} types={hookScriptTypes} />
    </div>
  );
}
