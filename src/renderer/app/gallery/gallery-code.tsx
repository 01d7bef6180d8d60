import { useState, type ReactElement } from 'react';
import { nodeScriptTypes } from '../../../shared/scripts/script-types.ts';
import { CodeFrame } from '../../editor/code-frame.tsx';
import { CodeView } from '../../editor/code-view.tsx';
import { ScriptEditor } from '../../editor/script-editor.tsx';
import styles from './gallery.module.css';

const script = `// Answers with the mean of some numbers, and tells everybody.
/** @type {Answer} */
export default async ({ values }, request) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  console.log(request.callerId, 'asks for the mean of', values);
  await publish('lab/mean', { mean, at: new Date() }, { retain: true });
  return mean;
};
`;
const wrong = `/** @type {Answer} */
export default (params, request) => {
  const who = request.caller;
  return pulbish('lab/who', who);
};
`;

/** Editors of code: JSON as it came, a script, and a script with mistakes. */
export function GalleryCode(): ReactElement {
  const [good, setGood] = useState(script);
  const [bad, setBad] = useState(wrong);
  const [json, setJson] = useState('');
  return (
    <div className={styles.lists}>
      <div className={styles.codeFrame}>
        <ScriptEditor label="A script" value={good} onChange={setGood} types={nodeScriptTypes} />
      </div>
      <div className={styles.codeFrame}>
        <ScriptEditor label="A script with mistakes" value={bad} onChange={setBad} types={nodeScriptTypes} />
      </div>
      <div className={styles.codeFrame}>
        <CodeFrame invalid={false} placeholder={json === '' ? 'none – or JSON' : null}>
          <CodeView label="JSON in a form" value={json} language="json" onChange={setJson} />
        </CodeFrame>
      </div>
      <div className={styles.listFrame}>
        <CodeView label="JSON that is read" value={'{\n  "temperature": 21.5,\n  "serial": 12345678901234567890\n}'} language="json" />
      </div>
    </div>
  );
}
