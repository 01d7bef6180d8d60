import type { ReactElement } from 'react';
import { useStreamValue } from '../../../data/index.ts';
import { LogView } from '../../common/index.ts';
import { clearLog } from './node-actions.ts';

/** What the scripts of a node say, and what it passed over with the reason. Give it the node's id as key. */
export function NodeLog({ id }: { readonly id: string }): ReactElement {
  const live = useStreamValue('rpcNodes.log', { id });
  const about = 'What scripts write with console.log stands here, their errors, and requests that could not be answered.';
  return <LogView live={live} onClear={() => clearLog(id)} about={about} />;
}
