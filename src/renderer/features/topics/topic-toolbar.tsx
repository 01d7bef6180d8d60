import { ArrowDownAZ, ChartNoAxesColumn, Clock, Eraser, FoldVertical, MoreHorizontal, Send, UnfoldVertical } from 'lucide-react';
import type { ReactElement, RefObject } from 'react';
import type { TopicSort } from '../../../shared/contract/topics.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { act, formatCount, formatRate, plural, useModel, type SourceOption, treePlace, TreeFilter } from '../common/index.ts';
import { forgetTopics } from './topic-actions.ts';
import { isMqttFilter } from './topic-paths.ts';
import type { TopicView } from './topic-view.ts';
import { topicsStore, useTopicsState } from './topics-model.ts';

const orders = [
  { value: 'name', label: 'By name' },
  { value: 'messages', label: 'Most messages first' },
  { value: 'recent', label: 'Newest first' },
] as const satisfies readonly { readonly value: TopicSort; readonly label: string }[];
const orderIcons = { name: ArrowDownAZ, messages: ChartNoAxesColumn, recent: Clock } as const;

interface TopicToolbarProps {
  readonly view: TopicView;
  readonly source: SourceOption;
  readonly filterRef: RefObject<HTMLInputElement | null>;
  readonly publishOpen: boolean;
  readonly onPublishOpen: (open: boolean) => void;
}

/** Filter, order and totals above the tree. */
export function TopicToolbar({ view, source, filterRef, publishOpen, onPublishOpen }: TopicToolbarProps): ReactElement {
  const filter = useTopicsState((state) => state.filter);
  const sort = useTopicsState((state) => state.sort);
  const OrderIcon = orderIcons[sort];
  const orderLabel = orders.find(({ value }) => value === sort)?.label ?? '';
  return (
    <div className={treePlace.toolbar} role="group" aria-label="Topic tree">
      <div className={treePlace.toolbarLine}>
        <TreeFilter
          label="Filter topics"
          placeholder="Filter: part of a topic, or a/+/c"
          value={filter}
          onChange={(text) => topicsStore().setFilter(text)}
          inputRef={filterRef}
        />
        <Menu
          align="end"
          trigger={<IconButton label={`Order: ${orderLabel}`} size="small" icon={<OrderIcon size={15} aria-hidden />} />}
          items={[{ kind: 'choice', label: 'Order', value: sort, options: orders, onChange: (value) => topicsStore().setSort(value as TopicSort) }]}
        />
        <IconButton
          label={publishOpen ? 'Hide the publish bar' : 'Show the publish bar'}
          size="small"
          pressed={publishOpen}
          icon={<Send size={14} aria-hidden />}
          onClick={() => onPublishOpen(!publishOpen)}
        />
        <Menu
          align="end"
          trigger={<IconButton label="More" size="small" icon={<MoreHorizontal size={15} aria-hidden />} />}
          items={[
            {
              label: 'Expand all',
              icon: <UnfoldVertical size={14} aria-hidden />,
              onSelect: () => void act(view.setExpanded('', true, true), 'The tree could not be opened'),
            },
            {
              label: 'Collapse all',
              icon: <FoldVertical size={14} aria-hidden />,
              onSelect: () => void act(view.setExpanded('', false, true), 'The tree could not be closed'),
            },
            { kind: 'separator' },
            { label: 'Empty the tree …', icon: <Eraser size={14} aria-hidden />, onSelect: () => void forgetTopics(source.id, source.name) },
          ]}
        />
      </div>
      <Totals view={view} filter={filter} />
    </div>
  );
}

function Totals({ view, filter }: { readonly view: TopicView; readonly filter: string }): ReactElement {
  useModel(view.notifier);
  const { topicCount, messageCount, rate, matchCount } = view.totals;
  return (
    <p className={treePlace.totals}>
      {matchCount === null ? (
        plural(topicCount, 'topic')
      ) : (
        <span role="status">
          {formatCount(matchCount)} of {plural(topicCount, 'topic')} match{matchCount === 1 ? 'es' : ''} {isMqttFilter(filter) ? 'the MQTT filter' : ''}
        </span>
      )}
      <span>{plural(messageCount, 'message')}</span>
      <span>{formatRate(rate)}</span>
    </p>
  );
}
