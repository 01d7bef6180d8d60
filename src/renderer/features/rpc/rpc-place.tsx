import type { ReactElement } from 'react';
import { SourceTabs } from '../common/index.ts';
import { rpcStore, useSources } from './rpc-model.ts';
import { SourceView } from './source-view.tsx';

/** Calls and answers of every source. */
export function RpcPlace(): ReactElement {
  return (
    <SourceTabs
      title="RPC"
      {...useSources()}
      onChoose={(id) => rpcStore().choose(id)}
      renderSource={(source) => <SourceView key={source.id} source={source} />}
    />
  );
}
