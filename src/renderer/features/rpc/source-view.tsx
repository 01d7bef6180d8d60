import { PanelRight } from 'lucide-react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { useCommands } from '../../app/commands.ts';
import { Inspector, inspector, useInspectorShown } from '../../app/inspector.tsx';
import { useStreamValue } from '../../data/index.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { plural, useMedia, useModel, type SourceOption, treePlace } from '../common/index.ts';
import { AddMethodDialog } from './add-method-dialog.tsx';
import { AnswerPanel } from './answer-panel.tsx';
import { CallBuilder } from './call-builder.tsx';
import { methodOf, plainTarget } from './call-draft.ts';
import { CallsPanel } from './calls-panel.tsx';
import { MethodFacts } from './method-facts.tsx';
import { DialectsDialog } from './dialects/index.ts';
import { EventsPanel } from './events/index.ts';
import { PeersPanel } from './peers/index.ts';
import { NodeList, NodeServices, NodesTab } from './nodes/index.ts';
import { suggestedParams } from './params-form.ts';
import { FanOutPanel } from './fan-out-panel.tsx';
import { RepeatPanel } from './repeat-panel.tsx';
import { rpcStore, useBatchState, useRpcState, useSourceState } from './rpc-model.ts';
import type { RpcTab } from './rpc-store.ts';
import { methodKey, serviceKey } from './rpc-words.ts';
import styles from './rpc.module.css';
import { ServiceTree } from './service-tree.tsx';
import { TreeEmpty } from './tree-empty.tsx';
import { TreeToolbar } from './tree-toolbar.tsx';

/** One source: its services at the left; at the right the call builder with the answer, or the list of calls. Give it the source's id as key. */
export function SourceView({ source }: { readonly source: SourceOption }): ReactElement {
  const store = rpcStore();
  const [tree, setTree] = useState(() => store.treeOf(source.id));
  useModel(tree.notifier);
  const draft = useSourceState(source.id, (state) => state.draft);
  const onService = useSourceState(source.id, (state) => state.selected === 'service');
  const tab = useSourceState(source.id, (state) => state.tab);
  const [adding, setAdding] = useState(false);
  const managingDialects = useRpcState((state) => state.managingDialects);
  const filter = useRef<HTMLInputElement>(null);
  const inspectorShown = useInspectorShown();
  const narrow = useMedia('(max-width: 1100px)');
  const roomy = useMedia('(min-width: 1800px)');

  const target = plainTarget(draft);
  const method = methodOf(source.id, target);
  const detail = useStreamValue('rpc.method', method) ?? null;
  const suggestion = detail ? suggestedParams(detail) : '';
  const key = methodKey(target);
  const draftKey = methodKey(draft);
  useEffect(() => {
    // What came for the method before it must not be offered for this one.
    if (detail && methodKey(detail.id) === key) store.offerParams(source.id, draftKey, suggestion);
  }, [store, source.id, detail, key, draftKey, suggestion]);

  useCommands([
    ...(tab === 'nodes'
      ? []
      : [{ id: 'rpc.filter', title: 'Filter services and methods', group: 'RPC', place: 'rpc', shortcut: 'Mod+F', run: () => filter.current?.select() }]),
    { id: 'rpc.add', title: 'Add a method …', group: 'RPC', place: 'rpc', run: () => setAdding(true) },
    { id: 'rpc.dialects', title: 'Dialects of your own …', group: 'RPC', place: 'rpc', run: () => store.manageDialects(true) },
    {
      id: 'rpc.toggleCalls',
      title: tab === 'call' ? 'Show the list of calls' : 'Show the call builder',
      group: 'RPC',
      place: 'rpc',
      shortcut: 'Mod+J',
      run: () => store.setTab(source.id, tab === 'call' ? 'calls' : 'call'),
    },
  ]);

  return (
    <>
      <Splitter
        id="rpc"
        className={treePlace.split ?? ''}
        panels={[
          {
            id: 'services',
            defaultSize: roomy ? 440 : narrow ? 280 : 320,
            minSize: 220,
            maxSize: '60%',
            fixed: true,
            content:
              tab === 'nodes' ? (
                <NodeList source={source} />
              ) : (
                <section className={treePlace.treePanel} aria-label="Services and methods">
                  <TreeToolbar tree={tree} filterRef={filter} onAdd={() => setAdding(true)} />
                  <ServiceTree
                    tree={tree}
                    selectedKey={onService ? serviceKey(target) : key}
                    onAdd={() => setAdding(true)}
                    empty={<TreeEmpty tree={tree} source={source} onAdd={() => setAdding(true)} onRetry={() => setTree(store.treeOf(source.id))} />}
                  />
                  {tree.totals.leftOut > 0 && (
                    <p className={styles.leftOut}>{plural(tree.totals.leftOut, 'request')} went to services or methods that have no more room here.</p>
                  )}
                </section>
              ),
          },
          {
            id: 'calls',
            minSize: 360,
            content: (
              <Tabs<RpcTab>
                label="RPC"
                value={tab}
                onChange={(next) => store.setTab(source.id, next)}
                actions={
                  tab === 'call' && (
                    <IconButton
                      size="small"
                      label={inspectorShown ? 'Hide what is known of the method' : 'Show what is known of the method'}
                      shortcut="Mod+I"
                      pressed={inspectorShown}
                      icon={<PanelRight size={15} aria-hidden />}
                      onClick={inspector.toggle}
                    />
                  )
                }
                tabs={[
                  { value: 'call', label: 'Call', content: <CallTab source={source} detail={detail} /> },
                  { value: 'calls', label: 'All calls', content: <CallsPanel source={source} /> },
                  { value: 'peers', label: 'Peers', content: <PeersPanel key={source.id} source={source} /> },
                  { value: 'events', label: 'Events', content: <EventsPanel key={source.id} source={source} /> },
                  { value: 'nodes', label: 'Nodes', content: <NodesTab source={source} /> },
                ]}
              />
            ),
          },
        ]}
      />
      {tab === 'call' && (
        <Inspector title="Method">
          <MethodFacts source={source.id} target={target} detail={detail && methodKey(detail.id) === key ? detail : null} />
        </Inspector>
      )}
      <NodeServices source={source} />
      {managingDialects && <DialectsDialog onClose={() => store.manageDialects(false)} />}
      {adding && <AddMethodDialog source={source.id} start={draft} onClose={() => setAdding(false)} />}
    </>
  );
}

function CallTab({ source, detail }: { readonly source: SourceOption; readonly detail: Parameters<typeof CallBuilder>[0]['detail'] }): ReactElement {
  const shownCall = useSourceState(source.id, (state) => state.shownCall);
  const mode = useBatchState(source.id, (state) => state.mode);
  const below =
    mode === 'once' ? (
      <AnswerPanel source={source} id={shownCall} place="builder" />
    ) : mode === 'repeat' ? (
      <RepeatPanel source={source} />
    ) : (
      <FanOutPanel source={source} />
    );
  return (
    <Splitter
      id="rpc-call"
      orientation="vertical"
      panels={[
        { id: 'builder', defaultSize: '48%', minSize: 190, content: <CallBuilder source={source} detail={detail} /> },
        { id: 'answer', minSize: 110, content: below },
      ]}
    />
  );
}
