import type { ReactElement } from 'react';
import { SourceTabs } from '../common/index.ts';
import { SourceView } from './source-view.tsx';
import { topicsStore, useSources } from './topics-model.ts';

/** The live topics of every source. */
export function TopicsPlace(): ReactElement {
  return (
    <SourceTabs
      title="Topics"
      {...useSources()}
      onChoose={(id) => topicsStore().choose(id)}
      renderSource={(source) => <SourceView key={source.id} source={source} />}
    />
  );
}
