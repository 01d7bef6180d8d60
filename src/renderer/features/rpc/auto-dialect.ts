import { useEffect } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { DialectChoice, DialectId } from '../../../shared/contract/rpc.ts';
import { useStreamValue } from '../../data/index.ts';
import type { CallDraft } from './call-draft.ts';
import { rpcStore } from './rpc-model.ts';

/** What "Auto" means for the draft: keeps its dialect the one that will be used. `null` while the user has chosen one, or no topic is there. */
export function useAutoDialect(source: SourceId, { auto, topic }: CallDraft): DialectChoice | null {
  const wanted = auto && topic !== '';
  const choice = useStreamValue('rpc.autoDialect', wanted ? { source, topic } : null) ?? null;
  const dialect = wanted ? choice?.dialect : undefined;
  useEffect(() => {
    if (dialect !== undefined) rpcStore().resolveDialect(source, topic, dialect);
  }, [source, topic, dialect]);
  return wanted ? choice : null;
}

/** Which dialect it will be, and why. */
export function autoWords({ dialect, because, seen }: DialectChoice, nameOf: (id: DialectId) => string): string {
  const others = seen.filter((one) => one.dialect !== dialect).map((one) => nameOf(one.dialect));
  const also = others.length === 0 ? '' : `; also spoken here: ${others.join(', ')}`;
  switch (because) {
    case 'seen':
      return `${nameOf(dialect)}, heard last on this topic${also}`;
    case 'told':
      return `${nameOf(dialect)}, as this service was added or tells of itself${also}`;
    case 'topic':
      return `${nameOf(dialect)}, as the topic is that of its nodes`;
    default:
      return `${nameOf(dialect)}: nothing was heard on this topic yet`;
  }
}
