import { useEffect, useState, type ReactElement } from 'react';
import type { CollectionEntry, CollectionsView } from '../../../shared/contract/collections.ts';
import { engineClient } from '../../data/index.ts';
import { coapTexts } from '../coap/index.ts';
import { UnknownVariables } from '../environments/index.ts';
import type { RequestDraft } from './request-draft.ts';
import styles from './request.module.css';

interface VariablesNoteProps {
  readonly entry: CollectionEntry;
  readonly view: CollectionsView;
  readonly draft: RequestDraft;
}

/** Warns of variables that neither the environment nor the collection knows. */
export function VariablesNote({ entry, view, draft }: VariablesNoteProps): ReactElement | null {
  const known = useCollectionVariables(entry, view);
  const values = draft.assertions.flatMap((assertion) => (assertion.kind === 'path' ? [assertion.value] : []));
  // What the script sets before the call cannot be told from here.
  if (!known || draft.script.trim() !== '') return null;
  return (
    <div className={styles.noteFrame}>
      <UnknownVariables texts={[...textsOf(draft), ...values]} known={known} elsewhere="and this collection has none">
        Unless a request before this one captures a value for it, nothing is sent.
      </UnknownVariables>
    </div>
  );
}

const textsOf = (draft: RequestDraft): readonly string[] =>
  draft.kind === 'coap'
    ? coapTexts(draft.coap)
    : [draft.topic, draft.method, draft.params, draft.replyTo, draft.callerId, ...draft.headers.userProperties.map(([, value]) => value)];

/** Names of the variables of the collection that an entry belongs to; read again when files change. */
function useCollectionVariables(entry: CollectionEntry, view: CollectionsView): readonly string[] | null {
  const [names, setNames] = useState<readonly string[] | null>(null);
  const id = entry.id.split('/', 1)[0] ?? entry.id;
  useEffect(() => {
    let wanted = true;
    engineClient()
      .call('collections.readSettings', { id })
      .then(
        ({ settings }) => wanted && setNames((settings?.variables ?? []).map(({ name }) => name)),
        () => wanted && setNames([]),
      );
    return () => {
      wanted = false;
    };
  }, [id, view]);
  return names;
}
