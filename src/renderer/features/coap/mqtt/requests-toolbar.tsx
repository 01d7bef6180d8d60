import { Pause, Play, Search } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { formatCount, plural, type SourceOption } from '../../common/index.ts';
import type { CallsView } from '../../rpc/index.ts';
import { coapStore, useCoapSource, useCoapState } from './coap-model.ts';
import styles from './requests.module.css';

interface RequestsToolbarProps {
  readonly source: SourceOption;
  readonly view: Pick<CallsView, 'status' | 'setPaused'>;
  /** What the list counts. */
  readonly unit: string;
  /** More about what is listed. */
  readonly note?: string;
}

/** What is listed, and how. */
export function RequestsToolbar({ source, view, unit, note = '' }: RequestsToolbarProps): ReactElement {
  const text = useCoapState((state) => state.text);
  const onlyProblems = useCoapState((state) => state.onlyProblems);
  const grouped = useCoapState((state) => state.grouped);
  const inGroup = useCoapSource(source.id, (state) => state.group !== null);
  const { total, looked, paused, fresh } = view.status;
  const count = total === undefined ? '' : looked === null ? plural(total, unit) : `${formatCount(total)} so far`;
  return (
    <div className={styles.toolbar} role="group" aria-label="Requests">
      <TextField
        className={styles.search}
        label="Filter requests"
        labelHidden
        type="search"
        size="small"
        icon={<Search size={14} aria-hidden />}
        placeholder="Device, path, caller or error"
        clearable
        maxLength={1000}
        value={text}
        onChange={(next) => coapStore().setListFilter({ text: next })}
      />
      <SegmentedControl
        size="small"
        label="Which requests"
        value={onlyProblems ? 'problems' : 'all'}
        onChange={(next) => coapStore().setListFilter({ onlyProblems: next === 'problems' })}
        segments={[
          { value: 'all', label: 'All' },
          { value: 'problems', label: 'Problems' },
        ]}
      />
      {!inGroup && (
        <SegmentedControl
          size="small"
          label="List them"
          value={grouped ? 'groups' : 'single'}
          onChange={(next) => coapStore().setGrouped(next === 'groups')}
          segments={[
            { value: 'single', label: 'One by one' },
            { value: 'groups', label: 'By correlation id' },
          ]}
        />
      )}
      <span className={styles.total} role="status">
        {count}
        {note}
        {paused && ` · Paused${fresh > 0 ? `, ${formatCount(fresh)} new` : ''}`}
      </span>
      <IconButton
        size="small"
        label={paused ? 'Resume' : 'Pause'}
        pressed={paused}
        icon={paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
        onClick={() => view.setPaused(!paused)}
      />
    </div>
  );
}

/** Why nothing is listed. */
export function NoRequests({ source }: { readonly source: SourceOption }): ReactElement {
  const filtered = useCoapState(({ text, onlyProblems }) => text.trim() !== '' || onlyProblems);
  return filtered ? (
    <EmptyState
      compact
      title="No request fits the filter"
      text="The text is looked for in topic, method and path, caller and error."
      actions={
        <Button size="small" onClick={() => coapStore().setListFilter({ text: '', onlyProblems: false })}>
          Clear the filter
        </Button>
      }
    />
  ) : (
    <EmptyState
      compact
      title="No requests seen yet"
      text="Own requests and those of others are listed here as they come."
      actions={
        <Button size="small" onClick={() => coapStore().setTab(source.id, 'request')}>
          Write a request
        </Button>
      }
    />
  );
}
