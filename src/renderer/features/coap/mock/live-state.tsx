import { useState, type ReactElement } from 'react';
import type { MockDevice, MockResource, MockResourceState } from '../../../../shared/contract/mock-devices.ts';
import { CodeView } from '../../../editor/code-view.tsx';
import { Button } from '../../../ui/button.tsx';
import { formatCount } from '../../common/index.ts';
import { readParams } from '../../rpc/index.ts';
import { setState } from './mock-actions.ts';
import styles from './mock-devices.module.css';

/** The state as it is now, which can be set by hand: observers are told. */
export function LiveState({ device, live }: { readonly device: MockDevice; readonly live: MockResourceState }): ReactElement {
  const [draft, setDraft] = useState<string | null>(null);
  const now = JSON.stringify(live.state, null, 2);
  const read = draft === null ? null : readParams(draft);
  const problem = read !== null && 'problem' in read ? read.problem : undefined;
  const set = async (): Promise<void> => {
    if (read && !('problem' in read) && (await setState(device.id, live.path, read.value as MockResource['state']))) setDraft(null);
  };
  return (
    <div className={styles['field']} role="group" aria-label="State now">
      <div className={styles['fieldHead']}>
        <span className={styles['label']}>State now</span>
        <span className={styles['note']}>
          {live.deleted
            ? 'deleted: answers 404'
            : draft === null
              ? live.version === 0
                ? 'as it began'
                : `changed ${live.version === 1 ? 'once' : `${formatCount(live.version)} times`}`
              : (problem ?? 'not set yet')}
        </span>
        {draft !== null && (
          <>
            <Button size="small" variant="ghost" onClick={() => setDraft(null)}>
              Discard
            </Button>
            <Button size="small" disabled={problem !== undefined} onClick={() => void set()}>
              Set
            </Button>
          </>
        )}
      </div>
      <div className={styles['code']} data-invalid={problem === undefined ? undefined : true}>
        <CodeView label="State now" value={draft ?? now} language="json" gutter={false} onChange={(text) => setDraft(text === now ? null : text)} />
      </div>
    </div>
  );
}
