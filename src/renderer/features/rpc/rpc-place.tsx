import type { ReactElement } from 'react';
import { SourceTabs } from '../common/index.ts';
import { BatchUiProvider } from './batch-ui.ts';
import { rpcBatchUi } from './rpc-batch-ui.tsx';
import { rpcStore, useSources } from './rpc-model.ts';
import { SaveCallProvider, type SavableCall } from './saved-call.ts';
import { SourceView } from './source-view.tsx';

/** Calls and answers of every source. `onSaveCall` keeps a call for later. */
export function RpcPlace({ onSaveCall }: { readonly onSaveCall: (call: SavableCall) => void }): ReactElement {
  return (
    <SaveCallProvider value={onSaveCall}>
      <BatchUiProvider value={rpcBatchUi()}>
        <SourceTabs
          title="RPC"
          {...useSources()}
          onChoose={(id) => rpcStore().choose(id)}
          renderSource={(source) => <SourceView key={source.id} source={source} />}
        />
      </BatchUiProvider>
    </SaveCallProvider>
  );
}
