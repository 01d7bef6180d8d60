import type { ReactElement } from 'react';
import { StatusDot } from '../../ui/badge.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { rpcStore, useSources } from './rpc-model.ts';
import { SourceView } from './source-view.tsx';

/** Calls and answers of every source: one tab for the local broker and one for each connection. */
export function RpcPlace(): ReactElement {
  const { sources, current } = useSources();
  return (
    <>
      <h1 className="visually-hidden">RPC</h1>
      <Tabs
        label="Sources"
        value={current.id}
        onChange={(id) => rpcStore().choose(id)}
        tabs={sources.map((source) => ({
          value: source.id,
          label: source.name,
          icon: <StatusDot tone={source.tone} label={source.state} />,
          content: <SourceView key={source.id} source={source} />,
        }))}
      />
    </>
  );
}
