import { useMemo } from 'react';
import type { RpcDialect } from '../../../shared/contract/rpc-dialects.ts';
import type { DialectId } from '../../../shared/contract/rpc.ts';
import { useStreamValue } from '../../data/index.ts';
import { dialects } from './rpc-words.ts';

const none: readonly RpcDialect[] = [];

/** The dialects of the user; none until they are here. */
export function useOwnDialects(): readonly RpcDialect[] {
  return useStreamValue('rpcDialects.watch', undefined)?.dialects ?? none;
}

interface DialectWords {
  readonly name: (id: DialectId) => string;
  readonly short: (id: DialectId) => string;
  readonly options: readonly { readonly value: DialectId; readonly label: string; readonly detail: string }[];
}

/** What dialects are called, those of the user as well; one that was removed by its id. */
export function useDialectWords(): DialectWords {
  const own = useOwnDialects();
  return useMemo(() => wordsOf(own), [own]);
}

function wordsOf(own: readonly RpcDialect[]): DialectWords {
  const known = new Map<DialectId, { readonly name: string; readonly short: string }>([
    ...dialects.map(({ id, name, short }) => [id, { name, short }] as const),
    ...own.map(({ id, name }) => [`custom:${id}`, { name, short: name }] as const),
  ]);
  const removed = (id: DialectId): string => `${id.replace(/^custom:/, '')} (removed)`;
  return {
    name: (id) => known.get(id)?.name ?? removed(id),
    short: (id) => known.get(id)?.short ?? removed(id),
    options: [
      ...dialects.map(({ id, name, about }) => ({ value: id, label: name, detail: about })),
      ...own.map(({ id, name }) => ({ value: `custom:${id}` as const, label: name, detail: 'your own' })),
    ],
  };
}
