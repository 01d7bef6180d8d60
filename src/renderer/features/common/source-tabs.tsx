import type { ReactElement } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import { StatusDot } from '../../ui/badge.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import type { SourceOption } from './sources.ts';

interface SourceTabsProps {
  /** Of the place, for those who cannot see which it is. */
  readonly title: string;
  readonly sources: readonly SourceOption[];
  readonly current: SourceOption;
  readonly onChoose: (source: SourceId) => void;
  readonly renderSource: (source: SourceOption) => ReactElement;
}

/** A place that shows each source by itself: one tab for the local broker and one for each connection. */
export function SourceTabs({ title, sources, current, onChoose, renderSource }: SourceTabsProps): ReactElement {
  return (
    <>
      <h1 className="visually-hidden">{title}</h1>
      <Tabs
        label="Sources"
        value={current.id}
        onChange={onChoose}
        tabs={sources.map((source) => ({
          value: source.id,
          label: source.name,
          icon: <StatusDot tone={source.tone} label={source.state} />,
          content: renderSource(source),
        }))}
      />
    </>
  );
}
