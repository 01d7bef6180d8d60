import { ListTree, ListX, PanelRight } from 'lucide-react';
import type { ReactElement } from 'react';
import { useCommands } from '../../app/commands.ts';
import { Inspector, inspector, useInspectorShown } from '../../app/inspector.tsx';
import { Badge } from '../../ui/badge.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { CopyButton, useModel, useWorkspace, type SourceOption } from '../common/index.ts';
import { CameBy } from '../connections/index.ts';
import { MessageDetails, MessageListView, MessageValue, useMessageSession } from '../messages/index.ts';
import { clearRetained } from './topic-actions.ts';
import { crumbs, levelLabel } from './topic-paths.ts';
import type { TopicView } from './topic-view.ts';
import styles from './topics.module.css';

interface TopicDetailProps {
  readonly source: SourceOption;
  readonly view: TopicView;
  readonly selected: string | null;
  readonly onSelect: (path: string) => void;
}

/** The selected topic: where it is, its value, and its history. */
export function TopicDetail({ source, view, selected, onSelect }: TopicDetailProps): ReactElement {
  const maxBytes = useWorkspace()?.settings.maxShownPayloadBytes;
  if (selected === null || maxBytes === undefined) {
    return (
      <div className={styles.detail}>
        <EmptyState icon={<ListTree size={24} aria-hidden />} title="No topic selected" text="Select a topic in the tree to see its value and history." />
      </div>
    );
  }
  return <OpenTopic key={`${source.id} ${selected}`} source={source} view={view} topic={selected} maxBytes={maxBytes} onSelect={onSelect} />;
}

interface OpenTopicProps {
  readonly source: SourceOption;
  readonly view: TopicView;
  readonly topic: string;
  readonly maxBytes: number;
  readonly onSelect: (path: string) => void;
}

function OpenTopic({ source, view, topic, maxBytes, onSelect }: OpenTopicProps): ReactElement {
  const session = useMessageSession(source.id, topic, maxBytes);
  return (
    <section className={styles.detail} aria-label="Selected topic">
      <TopicHeader source={source} view={view} topic={topic} onSelect={onSelect} />
      {session ? (
        <>
          <Splitter
            id="message"
            orientation="vertical"
            panels={[
              { id: 'value', minSize: 90, content: <MessageValue session={session} /> },
              { id: 'history', defaultSize: '45%', minSize: 80, content: <MessageListView session={session} /> },
            ]}
          />
          <Inspector title="Message">
            <MessageDetails session={session} />
          </Inspector>
        </>
      ) : (
        <Loading label="Loading" />
      )}
    </section>
  );
}

function TopicHeader({ source, view, topic, onSelect }: Omit<OpenTopicProps, 'maxBytes'>): ReactElement {
  useModel(view.notifier);
  const retained = view.find(topic)?.row.retained ?? false;
  const inspectorShown = useInspectorShown();
  const parts = crumbs(topic);
  const clear = (): void => void clearRetained(source.id, topic);
  useCommands([
    {
      id: 'topics.clearRetained',
      title: 'Clear the retained value of the selected topic',
      group: 'Topics',
      place: 'topics',
      when: () => retained && source.live,
      run: clear,
    },
  ]);
  return (
    <header className={styles.header}>
      <h2 className={styles.crumbs} aria-label={`Topic ${topic}`} title={topic}>
        {parts.map(({ name, path }, at) => (
          <span key={path} className={styles.crumb}>
            {at > 0 && (
              <span className={styles.slash} aria-hidden>
                /
              </span>
            )}
            {at === parts.length - 1 ? (
              <span className={styles.lastCrumb} data-selectable>
                {levelLabel(name)}
              </span>
            ) : (
              <button type="button" className={styles.crumbButton} onClick={() => onSelect(path)}>
                {levelLabel(name)}
              </button>
            )}
          </span>
        ))}
      </h2>
      {retained && (
        <Badge tone="info" title="The broker keeps this value for new subscribers">
          retained
        </Badge>
      )}
      <CameBy source={source.id} topic={topic} />
      <span className={styles.headerButtons}>
        <CopyButton text={topic} label="Copy topic" />
        {retained && <IconButton size="small" label="Clear retained value" icon={<ListX size={15} aria-hidden />} disabled={!source.live} onClick={clear} />}
        <IconButton
          size="small"
          label={inspectorShown ? 'Hide message properties' : 'Show message properties'}
          shortcut="Mod+I"
          pressed={inspectorShown}
          icon={<PanelRight size={15} aria-hidden />}
          onClick={inspector.toggle}
        />
      </span>
    </header>
  );
}
