import { useId, useState, type ReactElement } from 'react';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { CollectionsView, SavedRequestInput } from '../../../shared/contract/collections.ts';
import type { EngineContract } from '../../../shared/contract/index.ts';
import type { InputOf } from '../../../shared/ipc/contract.ts';
import { engineClient } from '../../data/index.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { toasts } from '../../ui/toast.tsx';
import { act, goTo } from '../common/index.ts';
import type { SavedCoapFields } from '../coap/index.ts';
import type { SavableCall } from '../rpc/index.ts';
import { placeOf } from './collections-actions.ts';
import { collectionsStore, entryOf, useCollections } from './collections-model.ts';
import { containers } from './collection-tree.ts';
import { PlaceSelect } from './place-select.tsx';
import styles from './save-call.module.css';

type RequestInput = InputOf<EngineContract['collections.createRequest']>['request'];

/** What is to be kept. */
type Savable = { readonly kind: 'rpc'; readonly call: SavableCall } | { readonly kind: 'coap'; readonly request: SavedCoapFields };

const dialog = createStore<{ readonly savable: Savable | null }>(() => ({ savable: null }));

/** Asks where a call is to be kept, and under which name. */
export function saveIntoCollection(call: SavableCall): void {
  dialog.setState({ savable: { kind: 'rpc', call } });
}

/** The same for a request over UDP. */
export function saveCoapIntoCollection(request: SavedCoapFields): void {
  dialog.setState({ savable: { kind: 'coap', request } });
}

/** Shows the dialog while a call is to be saved. Once in the page. */
export function SaveCallHost(): ReactElement | null {
  const savable = useStore(dialog, (state) => state.savable);
  const view = useCollections();
  return savable && view ? <SaveCallDialog savable={savable} view={view} onClose={() => dialog.setState({ savable: null })} /> : null;
}

interface SaveCallDialogProps {
  readonly savable: Savable;
  readonly view: CollectionsView;
  readonly onClose: () => void;
}

function SaveCallDialog({ savable, view, onClose }: SaveCallDialogProps): ReactElement {
  const places = containers(view.entries).filter(({ problem }) => problem === null);
  const [target, setTarget] = useState(() => placeOf(entryOf(view, collectionsStore().state.getState().selectedId)) ?? places[0]?.id ?? '');
  const [fresh, setFresh] = useState('New collection');
  const [name, setName] = useState(() => usualName(savable).slice(0, 200));
  const [statusOk, setStatusOk] = useState(true);
  const [busy, setBusy] = useState(false);
  const [reveal, setReveal] = useState(false);
  const formId = useId();
  const save = async (): Promise<void> => {
    setReveal(true);
    if (busy || name.trim() === '' || (target === '' && fresh.trim() === '')) return;
    setBusy(true);
    const work = async (): Promise<void> => {
      const engine = engineClient();
      const parentId = target === '' ? (await engine.call('collections.create', { name: fresh.trim() })).id : target;
      const { id } = await engine.call('collections.createRequest', { parentId, request: requestOf(savable, name.trim(), statusOk) });
      collectionsStore().select(id);
      toasts.show({ kind: 'ok', title: `“${name.trim()}” saved`, action: { label: 'Show it', run: () => goTo('collections') } });
      onClose();
    };
    await act(work(), 'The request could not be saved');
    setBusy(false);
  };
  return (
    <Dialog
      open
      persistent
      size="small"
      title="Save into a collection"
      description="As a request with what it has to answer, in a file of the workspace."
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Save
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          label="Name"
          value={name}
          maxLength={200}
          autoFocus
          onChange={setName}
          error={reveal && name.trim() === '' ? 'Give the request a name.' : undefined}
        />
        <PlaceSelect label="Into" entries={view.entries} places={places} value={target} onChange={setTarget} first="A new collection" />
        {target === '' && (
          <TextField
            label="Name of the collection"
            value={fresh}
            maxLength={200}
            onChange={setFresh}
            error={reveal && fresh.trim() === '' ? 'Give the collection a name.' : undefined}
          />
        )}
        <Checkbox
          label={savable.kind === 'coap' ? 'Has to answer with 2.xx' : 'Has to answer with a result'}
          checked={statusOk}
          onChange={setStatusOk}
          hint="An assertion; more can be added from the answer."
        />
      </form>
    </Dialog>
  );
}

function usualName(savable: Savable): string {
  if (savable.kind === 'coap') return `${savable.request.method} ${savable.request.uri.replace(/^coap:\/\/[^/]*/, '') || '/'}`;
  const { method, topic } = savable.call;
  return method === '' ? topic : method;
}

function requestOf(savable: Savable, name: string, statusOk: boolean): RequestInput {
  if (savable.kind === 'rpc') return callRequest(savable.call, name, statusOk);
  const request: SavedRequestInput = { kind: 'coap', name, ...savable.request, assertions: statusOk ? [{ kind: 'code', is: '2.xx' }] : [] };
  return request as RequestInput;
}

function callRequest(call: SavableCall, name: string, statusOk: boolean): RequestInput {
  const { dialect, topic, method, params, timeoutMs, replyTo, callerId, properties, envelope } = call;
  const request: SavedRequestInput = {
    kind: 'rpc',
    name,
    dialect,
    topic,
    method,
    params,
    ...(timeoutMs === null ? {} : { timeoutMs }),
    ...(replyTo === '' ? {} : { replyTo }),
    ...(callerId === '' ? {} : { callerId }),
    ...(properties === undefined ? {} : { properties }),
    ...(envelope === undefined ? {} : { envelope }),
    assertions: statusOk ? [{ kind: 'status', is: 'ok' }] : [],
  };
  return request as RequestInput;
}
