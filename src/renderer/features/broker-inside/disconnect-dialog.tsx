import { useState, type ReactElement } from 'react';
import type { ClientRow } from '../../../shared/contract/broker-lists.ts';
import { disconnectReasonName, serverDisconnectCodes } from '../../../shared/mqtt/reason-codes.ts';
import { engineClient } from '../../data/index.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { act } from '../common/index.ts';
import { nameOf } from './client-words.ts';
import styles from './inside.module.css';
import { refreshLists } from './polled-list.ts';

const codes = serverDisconnectCodes.map((code) => {
  const hex = `0x${code.toString(16).padStart(2, '0').toUpperCase()}`;
  return { value: String(code), label: `${hex} ${disconnectReasonName(code)}` };
});
const usual = String(serverDisconnectCodes[0]);
/** Use another server, server moved: with them goes where to. */
const elsewhere: ReadonlySet<string> = new Set([String(0x9c), String(0x9d)]);

interface DisconnectDialogProps {
  readonly client: ClientRow;
  readonly hasWill: boolean;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** How the broker takes leave of a client. */
export function DisconnectDialog({ client, hasWill, open, onClose }: DisconnectDialogProps): ReactElement {
  const [code, setCode] = useState(usual);
  const [words, setWords] = useState('');
  const [reference, setReference] = useState('');
  const [withWill, setWithWill] = useState(true);
  const isTold = client.version === '5';
  const disconnect = async (): Promise<void> => {
    const told = isTold
      ? {
          reasonCode: Number(code),
          ...(words === '' ? {} : { reasonString: words }),
          ...(elsewhere.has(code) && reference !== '' ? { serverReference: reference } : {}),
        }
      : {};
    const work = engineClient().call('broker.disconnectClient', { clientId: client.clientId, ...told, publishWill: withWill });
    if (!(await act(work, 'The client could not be disconnected'))) return;
    refreshLists();
    onClose();
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      size="small"
      title={`Disconnect “${nameOf(client.clientId)}”?`}
      description="The broker closes its connection. Most clients connect again by themselves."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" onClick={() => void disconnect()}>
            Disconnect
          </Button>
        </>
      }
    >
      <div className={styles['form']}>
        {isTold ? (
          <>
            <Select label="Reason code" value={code} onChange={setCode} options={codes} />
            <TextField label="Reason in words" hint="Goes to the client; empty: the usual words." maxLength={1000} value={words} onChange={setWords} />
            {elsewhere.has(code) && (
              <TextField
                label="Other server"
                hint="Where the client may go, for example broker-2.lab:1883."
                maxLength={1000}
                mono
                value={reference}
                onChange={setReference}
              />
            )}
          </>
        ) : (
          <p className={styles['note']}>MQTT {client.version} has no way to say why: the connection is just closed.</p>
        )}
        {hasWill && <Checkbox label="Publish its will" checked={withWill} onChange={setWithWill} />}
      </div>
    </Dialog>
  );
}
