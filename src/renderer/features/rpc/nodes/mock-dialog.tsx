import { useId, useState, type ReactElement } from 'react';
import type { RpcNode } from '../../../../shared/contract/rpc-nodes.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { rpcStore } from '../rpc-model.ts';
import { methodAnswering } from './method-draft.ts';
import { addNode } from './node-actions.ts';
import { nodesStore, useNodesOf } from './nodes-model.ts';
import { savedKey, type MockRequest } from './nodes-store.ts';
import styles from './nodes.module.css';

const newNode = 'new';

/** Which node is to answer as a recorded call was answered. */
export function MockDialog({ request }: { readonly request: MockRequest }): ReactElement {
  const nodes = useNodesOf(request.source) ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState(request.method);
  const [busy, setBusy] = useState(false);
  const formId = useId();
  const node = nodes.find(({ id }) => id === (chosen ?? nodes.find(({ topic }) => topic === request.topic)?.id));
  const known = node?.methods.find((method) => method.name === name);
  const close = (): void => nodesStore().mock(null);
  const write = async (): Promise<void> => {
    setBusy(true);
    const id = node?.id ?? (await addNode(request.source, nodes, request.topic));
    setBusy(false);
    if (id === null) return;
    put(id, node, { ...request, method: name });
    close();
  };
  return (
    <Dialog
      open
      persistent
      size="small"
      title="Answer as in this call"
      description="The method opens with what was answered. It is served once you save it."
      onOpenChange={(open) => !open && close()}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Write the method
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className={styles.dialogForm}
        onSubmit={(event) => {
          event.preventDefault();
          void write();
        }}
      >
        <Select
          label="Node"
          value={node?.id ?? newNode}
          onChange={setChosen}
          options={[
            ...nodes.map((one) => ({ value: one.id, label: one.name, detail: one.topic })),
            { value: newNode, label: 'A new node', detail: request.topic },
          ]}
          hint={node ? undefined : `It is made for ${request.topic}. Where the real peer is connected as well, both answer.`}
        />
        <TextField
          label="Method"
          mono
          value={name}
          onChange={setName}
          maxLength={1000}
          hint={known ? 'The node has it already: its answer is replaced once you save.' : undefined}
        />
      </form>
    </Dialog>
  );
}

/** Opens the method editor with the answer, not saved yet. */
function put(id: string, node: RpcNode | undefined, { source, method, answer }: MockRequest): void {
  const store = nodesStore();
  const draft = methodAnswering(method, answer);
  store.select(source, id);
  const saved = node?.methods.find(({ name }) => name === method);
  if (node && saved) {
    store.editMethod(node, savedKey(method), { kind: draft.kind, texts: draft.texts });
    store.set(id, { tab: 'methods', methodKey: savedKey(method) });
  } else store.addMethod(id, draft);
  rpcStore().setTab(source, 'nodes');
}
