import type { RpcNode, ServedMethod } from '../../../../shared/contract/rpc-nodes.ts';
import { checkMethod, faultsOf, methodDraftOf, sameMethod, type MethodDraft } from './method-draft.ts';
import { faultWords, type AnswerKind } from './node-words.ts';
import { savedKey, type NodeState, type OpenMethod } from './nodes-store.ts';

/** One line of the list of methods: what is saved, or waits to be. */
export interface MethodRow {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly kind: AnswerKind;
  readonly saved: ServedMethod | null;
  readonly open: OpenMethod | null;
  /** What is written now, or else what is saved. */
  readonly draft: MethodDraft;
  readonly faults: readonly string[];
  readonly unsaved: boolean;
  /** A save was tried, and something is wrong. */
  readonly invalid: boolean;
}

/** The saved methods in their order, then those that never were saved, and those that were deleted elsewhere while they were written. */
export function methodRows(node: RpcNode, open: NodeState['methods']): readonly MethodRow[] {
  const names = node.methods.map(({ name }) => name);
  const known = new Set(names.map(savedKey));
  return [
    ...node.methods.map((method) => rowOf(savedKey(method.name), method, open[savedKey(method.name)] ?? null, names)),
    ...Object.entries(open).flatMap(([key, entry]) => (known.has(key) ? [] : [rowOf(key, null, entry, names)])),
  ];
}

function rowOf(key: string, saved: ServedMethod | null, open: OpenMethod | null, names: readonly string[]): MethodRow {
  // Lists have up to 1,000 entries, and most are not being written: their texts are made when they are looked at.
  if (saved && !open) {
    const { name, description, answer, faults } = saved;
    return {
      key,
      name,
      description,
      kind: answer.kind,
      saved,
      open,
      get draft() {
        return methodDraftOf(saved);
      },
      faults: faultWords(faults),
      unsaved: false,
      invalid: false,
    };
  }
  const draft = open?.draft ?? (saved ? methodDraftOf(saved) : undefined);
  if (!draft) throw new Error('A line without a method.');
  const others = names.filter((name) => name !== saved?.name);
  return {
    key,
    name: draft.name,
    description: draft.description,
    kind: draft.kind,
    saved,
    open,
    draft,
    faults: faultWords(faultsOf(draft.faults)),
    unsaved: !saved || !sameMethod(draft, methodDraftOf(saved)),
    invalid: open?.reveal === true && Object.keys(checkMethod(draft, others)).length > 0,
  };
}
