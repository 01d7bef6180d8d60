import { Lock, LockOpen, Pencil, RotateCcw } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { JsonSchema, RpcMethodId, RpcSchemaLock, SchemaOrigin } from '../../../shared/contract/rpc.ts';
import { engineClient } from '../../data/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { act, formatCount, plural } from '../common/index.ts';
import styles from './method-facts.module.css';
import { setSchema } from './schema-actions.ts';
import { SchemaDialog } from './schema-dialog.tsx';
import { editorSchema, schemaLines } from './schema-words.ts';

interface SchemaSectionProps {
  readonly id: RpcMethodId;
  readonly of: 'params' | 'result';
  readonly schema: JsonSchema | null;
  readonly origin: SchemaOrigin | null;
  readonly lock: RpcSchemaLock | null;
}

const words = {
  params: { title: 'Params', none: 'None were seen yet.' },
  result: { title: 'Result', none: 'No result was seen yet.' },
} as const;

/** What was seen is no rule: ranges and values are left out when it becomes one. */
const schemaToLock = (schema: JsonSchema | null, origin: SchemaOrigin | null): JsonSchema =>
  schema === null ? {} : origin === 'seen' ? editorSchema(schema) : schema;

/** The shape of params or results: as it was seen, as the device says, or locked by the user, and then what does not fit it. */
export function SchemaSection({ id, of, schema, origin, lock }: SchemaSectionProps): ReactElement {
  const [editing, setEditing] = useState(false);
  const { title, none } = words[of];
  const what = title.toLowerCase();
  const unlock = async (): Promise<void> => {
    const agreed = await confirm({
      title: `Unlock the schema of the ${what}?`,
      text: 'What was written of it goes, and what was seen counts again.',
      action: 'Unlock',
      danger: true,
    });
    if (agreed) await act(setSchema(id, of, null), 'It could not be unlocked');
  };
  return (
    <section className={styles.section} aria-label={title}>
      <div className={styles.head}>
        <h3 className={styles.title}>{title}</h3>
        {lock ? <Badge tone="info">locked</Badge> : origin === 'told' ? <Badge title="The device says so itself">as the device says</Badge> : null}
        <span className={styles.spread} />
        {lock ? (
          <IconButton size="small" label={`Unlock the ${what} …`} icon={<LockOpen size={13} aria-hidden />} onClick={() => void unlock()} />
        ) : (
          <IconButton
            size="small"
            label={`Lock the ${what} as ${of === 'params' ? 'they are' : 'it is'}`}
            icon={<Lock size={13} aria-hidden />}
            disabled={schema === null}
            onClick={() => void act(setSchema(id, of, schemaToLock(schema, origin)), 'It could not be locked')}
          />
        )}
        <IconButton size="small" label={`Edit the schema of the ${what} …`} icon={<Pencil size={13} aria-hidden />} onClick={() => setEditing(true)} />
      </div>
      {lock && <LockState id={id} what={what} lock={lock} />}
      <SchemaView label={title} schema={schema} none={lock ? 'Anything fits.' : none} />
      {editing && <SchemaDialog id={id} of={of} title={what} start={schemaToLock(schema, origin)} onClose={() => setEditing(false)} />}
    </section>
  );
}

function LockState({
  id,
  what,
  lock: { checked, contradictions, unchecked, last },
}: {
  readonly id: RpcMethodId;
  readonly what: string;
  readonly lock: RpcSchemaLock;
}): ReactElement {
  const passedOver = unchecked === 0 ? '' : `, ${formatCount(unchecked)} passed over`;
  return (
    <div className={styles.lock} role="status" aria-label={`Traffic against the locked ${what}`}>
      <p className={contradictions > 0 ? styles.bad : styles.note}>
        {checked + unchecked === 0
          ? 'Nothing was measured by it yet.'
          : contradictions === 0
            ? `All ${formatCount(checked)} fit${passedOver}.`
            : `${plural(contradictions, 'contradiction')} in ${formatCount(checked)}${passedOver}`}
      </p>
      {last && (
        <>
          <p className={styles.note}>
            {last.problem} (<RelativeTime timeMs={last.at} />)
          </p>
          <code className={styles.contradiction} data-selectable>
            {JSON.stringify(last.value)}
          </code>
          <IconButton
            size="small"
            label="Count anew"
            icon={<RotateCcw size={13} aria-hidden />}
            onClick={() => void act(engineClient().call('rpcSchemas.resetCounts', id), 'The counts could not be reset')}
          />
        </>
      )}
    </div>
  );
}

/** A schema as indented lines; unless it is locked, it tells what was seen, not what is allowed. */
function SchemaView({ label, schema, none }: { readonly label: string; readonly schema: JsonSchema | null; readonly none: string }): ReactElement {
  if (!schema || Object.keys(schema).length === 0) return <p className={styles.note}>{none}</p>;
  const lines = schemaLines(schema);
  const depth = lines.length > 1 && lines[0]?.type === 'object' ? 1 : 0;
  return (
    <ul className={styles.schema} aria-label={`Shape of ${label.toLowerCase()}`}>
      {lines.slice(depth).map((line, at) => (
        // The same name may stand on several levels.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={`${at} ${line.name}`} style={{ paddingLeft: (line.depth - depth) * 14 }}>
          {line.name !== null && <code className={styles.name}>{line.name}</code>}
          <span className={styles.type}>{line.type}</span>
          {line.optional && <span className={styles.optional}>may be missing</span>}
          {line.seen !== null && (
            <span className={styles.seen} title="Values">
              {line.seen}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
