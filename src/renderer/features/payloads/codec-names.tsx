import { Trash2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { PayloadView } from '../../../shared/contract/payload.ts';
import { engineClient } from '../../data/index.ts';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { act } from '../common/index.ts';
import type { CodecChoice } from './payloads-model.ts';
import styles from './payloads.module.css';

export interface CodecNamesProps {
  readonly view: PayloadView;
  readonly choice: CodecChoice;
  readonly onNamed: (choice: CodecChoice) => void;
}

/** Names of the user for a codec with parameters, as distmqtt's `codec_params` has them. */
export function CodecNames({ view, choice, onNamed }: CodecNamesProps): ReactElement {
  const [name, setName] = useState('');
  const { names } = view;
  const save = (next: PayloadView['names']): Promise<boolean> => act(engineClient().call('payload.saveNames', { names: next }), 'The name could not be kept');
  const keep = async (): Promise<void> => {
    if (!(await save({ ...names, [name]: { ...choice.params, name: choice.name } }))) return;
    onNamed({ name, params: {} });
    setName('');
  };
  const remove = (gone: string): void => void save(Object.fromEntries(Object.entries(names).filter(([one]) => one !== gone)));
  return (
    <>
      <div className={styles.naming}>
        <TextField
          className={styles.grow ?? ''}
          label="Name for this codec with these parameters"
          value={name}
          onChange={setName}
          placeholder="yesno"
          mono
          hint={name !== '' && Object.hasOwn(names, name) ? 'Takes the place of the one there is.' : 'To be chosen like a codec, in rules and when publishing.'}
        />
        <Button disabled={name === '' || name === choice.name} onClick={() => void keep()}>
          Keep name
        </Button>
      </div>
      {Object.keys(names).length > 0 && (
        <ul className={styles.list} aria-label="Names of your own">
          {Object.entries(names).map(([one, { name: codec = one, ...params }]) => (
            <li key={one} className={styles.item}>
              <span className={styles.grow} title={JSON.stringify(params)}>
                <span className={styles.mono}>{one}</span> <span className={styles.quiet}>{`${String(codec)} ${JSON.stringify(params)}`}</span>
              </span>
              <IconButton size="small" label={`Remove the name ${one}`} icon={<Trash2 size={14} aria-hidden />} onClick={() => remove(one)} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
