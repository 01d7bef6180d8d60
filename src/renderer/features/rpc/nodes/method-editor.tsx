import { MoreHorizontal, Play } from 'lucide-react';
import { useEffect, useRef, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import type { RpcNode } from '../../../../shared/contract/rpc-nodes.ts';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import type { SourceOption } from '../../common/index.ts';
import { rpcStore } from '../rpc-model.ts';
import { AnswerEditor } from './answer-editor.tsx';
import { FaultsSection } from './faults-section.tsx';
import { checkMethod, type MethodDraft } from './method-draft.ts';
import type { MethodRow } from './method-rows.ts';
import { duplicateMethod, removeMethod, saveMethod } from './node-actions.ts';
import { answerKinds } from './node-words.ts';
import { nodesStore, useNodeState } from './nodes-model.ts';
import { TryPanel } from './try-panel.tsx';
import styles from './methods.module.css';

interface MethodEditorProps {
  readonly node: RpcNode;
  readonly row: MethodRow;
  readonly source: SourceOption;
}

/** How one method answers, what goes wrong on purpose, and a try without MQTT. Give it the row's key as key. */
export function MethodEditor({ node, row, source }: MethodEditorProps): ReactElement {
  const store = nodesStore();
  const saving = useNodeState(node.id, (state) => state.saving);
  const { draft, saved, unsaved } = row;
  const problems = checkMethod(
    draft,
    node.methods.flatMap(({ name }) => (name === saved?.name ? [] : [name])),
  );
  const reveal = row.open?.reveal === true;
  const edit = (change: Partial<MethodDraft>): void => store.editMethod(node, row.key, change);
  const save = (): void => void saveMethod(node, row.key);
  const nameField = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (draft.name === '') nameField.current?.focus();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only when the editor appears
  }, []);
  useCommands([
    {
      id: 'rpc.saveNode',
      title: 'Save what is written of the node',
      group: 'RPC',
      place: 'rpc',
      view: 'nodes',
      shortcut: 'Mod+S',
      when: () => unsaved,
      run: save,
    },
  ]);
  const about = answerKinds.find(({ value }) => value === draft.kind)?.about;
  return (
    <form
      className={styles.editor}
      aria-label="Served method"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div className={styles.head}>
        <TextField
          className={styles.nameField}
          label="Method"
          mono
          value={draft.name}
          onChange={(name) => edit({ name })}
          error={reveal || (draft.name !== '' && draft.name !== saved?.name) ? problems.name : undefined}
          placeholder="get_status"
          inputRef={nameField}
        />
        <TextField
          className={styles.descriptionField}
          label="Description"
          value={draft.description}
          onChange={(description) => edit({ description })}
          error={problems.description}
          placeholder="optional"
        />
        <span className={styles.headButtons}>
          {unsaved && (
            <Button variant="ghost" onClick={() => store.discardMethod(node.id, row.key)}>
              Discard
            </Button>
          )}
          <Button type="submit" variant="primary" busy={saving} disabled={!unsaved}>
            Save
          </Button>
          <Menu
            align="end"
            trigger={<IconButton label="More of the method" icon={<MoreHorizontal size={16} aria-hidden />} />}
            items={[
              {
                label: 'Open in the call builder',
                icon: <Play size={14} aria-hidden />,
                disabled: saved === null || node.topic === '',
                onSelect: () =>
                  saved && rpcStore().select(source.id, { dialect: node.dialect === 'auto' ? 'mqttxx2' : node.dialect, topic: node.topic, method: saved.name }),
              },
              { label: 'Duplicate', onSelect: () => duplicateMethod(node, draft) },
              { kind: 'separator' },
              {
                label: 'Delete',
                danger: true,
                onSelect: () => (saved ? void removeMethod(node, saved) : store.discardMethod(node.id, row.key)),
              },
            ]}
          />
        </span>
      </div>
      <div className={styles.kindLine}>
        <span className={styles.label}>Answer</span>
        <SegmentedControl size="small" label="Kind of answer" value={draft.kind} onChange={(kind) => edit({ kind })} segments={answerKinds} />
        <span className={styles.note}>{about}</span>
      </div>
      <Splitter
        id="rpc-method"
        orientation="vertical"
        panels={[
          {
            id: 'answer',
            minSize: 120,
            content: (
              <div className={styles.answerPanel}>
                <AnswerEditor
                  key={draft.kind}
                  kind={draft.kind}
                  text={draft.texts[draft.kind]}
                  onChange={(text) => edit({ texts: { ...draft.texts, [draft.kind]: text } })}
                  problem={problems.answer}
                />
                <FaultsSection faults={draft.faults} problems={problems} onChange={(faults) => edit({ faults: { ...draft.faults, ...faults } })} />
              </div>
            ),
          },
          { id: 'try', defaultSize: '38%', minSize: 110, content: <TryPanel node={node} draft={draft} /> },
        ]}
      />
    </form>
  );
}
