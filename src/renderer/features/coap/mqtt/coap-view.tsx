import { PanelRight } from 'lucide-react';
import { useEffect, useRef, useState, type ReactElement, type RefObject } from 'react';
import { useCommands } from '../../../app/commands.ts';
import { Inspector, inspector, useInspectorShown } from '../../../app/inspector.tsx';
import { useStreamValue } from '../../../data/index.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { Tabs } from '../../../ui/tabs.tsx';
import { plural, TreeFilter, treePlace, useMedia, useModel, type SourceOption } from '../../common/index.ts';
import { BatchUiProvider, FanOutPanel, RepeatPanel, suggestedParams, useBatch, type RpcTreeView } from '../../rpc/index.ts';
import { coapBatchUi } from './coap-batch-ui.tsx';
import { serviceTopic } from './coap-address.ts';
import { coapStore, useCoapSource, useCoapState } from './coap-model.ts';
import { draftKey, type CoapTab } from './coap-store.ts';
import { DeviceTree, rowKey } from './device-tree.tsx';
import { DevicesEmpty } from './devices-empty.tsx';
import { methodName, plainTarget } from './request-draft.ts';
import { RequestBuilder } from './request-builder.tsx';
import { RequestsPanel } from './requests-panel.tsx';
import { ResourceFacts } from './resource-facts.tsx';
import { ResponsePanel } from './response-panel.tsx';
import styles from './coap.module.css';

/** One source: its devices at the left; at the right the request builder with the response, or the list of requests. Give it the source's id as key. */
export function CoapView({ source }: { readonly source: SourceOption }): ReactElement {
  const store = coapStore();
  const [tree, setTree] = useState(() => store.treeOf(source.id));
  useModel(tree.notifier);
  const { draft, onDevice, tab, shown } = useCoapSource(source.id, (state) => state);
  const filter = useRef<HTMLInputElement>(null);
  const inspectorShown = useInspectorShown();
  const narrow = useMedia('(max-width: 1100px)');
  const roomy = useMedia('(min-width: 1800px)');

  const written = draftKey(draft);
  const plain = plainTarget(draft);
  const key = draftKey(plain);
  const isComplete = draft.target !== '' && draft.subsystem !== '' && draft.path !== '' && plain.path.length < 900 && key.length < 60_000;
  const topic = serviceTopic(plain);
  const detail = useStreamValue('rpc.method', isComplete ? { source: source.id, dialect: 'gf', topic, method: methodName(plain) } : null) ?? null;
  const known = detail && `${detail.id.topic}\n${detail.id.method}` === key ? detail : null;
  const suggestion = known && draft.method !== 'GET' && draft.method !== 'DELETE' ? suggestedParams(known) : '';
  useEffect(() => store.offerBody(source.id, written, suggestion), [store, source.id, written, suggestion]);

  useCommands([
    {
      id: 'coap.filter',
      title: 'Filter devices and paths',
      group: 'CoAP',
      place: 'coap',
      view: 'mqtt',
      shortcut: 'Mod+F',
      run: () => filter.current?.select(),
    },
    {
      id: 'coap.toggleRequests',
      title: tab === 'request' ? 'Show the list of requests' : 'Show the request builder',
      group: 'CoAP',
      place: 'coap',
      view: 'mqtt',
      shortcut: 'Mod+J',
      run: () => store.setTab(source.id, tab === 'request' ? 'requests' : 'request'),
    },
  ]);

  return (
    <BatchUiProvider value={coapBatchUi()}>
      <Splitter
        id="coap"
        className={treePlace.split ?? ''}
        panels={[
          {
            id: 'devices',
            defaultSize: roomy ? 440 : narrow ? 280 : 320,
            minSize: 220,
            maxSize: '60%',
            fixed: true,
            content: (
              <section className={treePlace.treePanel} aria-label="Devices and paths">
                <DevicesToolbar tree={tree} filterRef={filter} />
                <DeviceTree
                  tree={tree}
                  source={source}
                  selectedKey={onDevice ? rowKey(topic, null) : rowKey(topic, methodName(plain))}
                  empty={<DevicesEmpty tree={tree} source={source} onRetry={() => setTree(store.treeOf(source.id))} />}
                />
                {tree.totals.leftOut > 0 && (
                  <p className={styles.leftOut}>{plural(tree.totals.leftOut, 'request')} went to devices or paths that have no more room here.</p>
                )}
              </section>
            ),
          },
          {
            id: 'requests',
            minSize: 360,
            content: (
              <Tabs<CoapTab>
                label="CoAP"
                value={tab}
                onChange={(next) => store.setTab(source.id, next)}
                actions={
                  tab === 'request' && (
                    <IconButton
                      size="small"
                      label={inspectorShown ? 'Hide what is known of the resource' : 'Show what is known of the resource'}
                      shortcut="Mod+I"
                      pressed={inspectorShown}
                      icon={<PanelRight size={15} aria-hidden />}
                      onClick={inspector.toggle}
                    />
                  )
                }
                tabs={[
                  {
                    value: 'request',
                    label: 'Request',
                    content: (
                      <Splitter
                        id="coap-request"
                        orientation="vertical"
                        panels={[
                          { id: 'builder', defaultSize: '48%', minSize: 190, content: <RequestBuilder source={source} /> },
                          { id: 'response', minSize: 110, content: <Outcome source={source} id={shown} /> },
                        ]}
                      />
                    ),
                  },
                  { value: 'requests', label: 'All requests', content: <RequestsPanel source={source} /> },
                ]}
              />
            ),
          },
        ]}
      />
      {tab === 'request' && (
        <Inspector title="Resource">
          <ResourceFacts detail={known} />
        </Inspector>
      )}
    </BatchUiProvider>
  );
}

/** What came of the request, or of the batch. */
function Outcome({ source, id }: { readonly source: SourceOption; readonly id: number | null }): ReactElement {
  const mode = useBatch(source.id, (state) => state.mode);
  switch (mode) {
    case 'once':
      return <ResponsePanel source={source} id={id} place="builder" />;
    case 'repeat':
      return <RepeatPanel source={source} />;
    default:
      return <FanOutPanel key={mode} source={source} kind={mode} />;
  }
}

function DevicesToolbar({ tree, filterRef }: { readonly tree: RpcTreeView; readonly filterRef: RefObject<HTMLInputElement | null> }): ReactElement {
  useModel(tree.notifier);
  const filter = useCoapState((state) => state.filter);
  const { serviceCount, methodCount, matches } = tree.totals;
  return (
    <div className={treePlace.toolbar} role="group" aria-label="Devices and paths">
      <div className={treePlace.toolbarLine}>
        <TreeFilter
          label="Filter devices and paths"
          placeholder="Filter: part of a tag, subsystem or path"
          value={filter}
          onChange={(text) => coapStore().setFilter(text)}
          inputRef={filterRef}
        />
      </div>
      <p className={`${treePlace.totals} ${styles.totals}`}>
        <span role="status">
          {matches
            ? `${matches.services} of ${plural(serviceCount, 'device')}, ${matches.methods} of ${plural(methodCount, 'request')}`
            : `${plural(serviceCount, 'device')}, ${plural(methodCount, 'resource')}`}
        </span>
        <span aria-hidden className={styles.columns}>
          <span>code</span>
          <span>seen</span>
          <span>median</span>
        </span>
      </p>
    </div>
  );
}
