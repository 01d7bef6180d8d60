import { useId, useRef, useState, type ReactElement } from 'react';
import { listenerKinds, listenerKindWords, userSources, type ListenerKind } from '../../../../shared/mqtt/listener-kinds.ts';
import type { ListenerOptions, ListenerTls } from '../../../../shared/contract/listeners.ts';
import type { LabCertificate } from '../../../../shared/contract/tls-lab.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { faultWords } from '../tls-lab/lab-words.ts';
import { checkDraft, hasTls, optionsOf, userSourceWords, withKind, type DraftField, type DraftProblems, type ListenerDraft } from './listener-draft.ts';
import styles from './listeners.module.css';

const kindDetails: Readonly<Record<ListenerKind, string>> = {
  tcp: 'one more port or address',
  tls: 'encrypted',
  ws: 'for browsers',
  wss: 'for browsers, encrypted',
  unix: 'for this machine, no port',
};
export const listenerKindOptions = listenerKinds.map((value) => ({ value, label: listenerKindWords[value], detail: kindDetails[value] }));

const certificateOptions = [
  { value: 'none', label: 'Not asked for' },
  { value: 'request', label: 'Checked if there is one' },
  { value: 'require', label: 'Required' },
] as const satisfies readonly { readonly value: ListenerTls['clientCertificates']; readonly label: string }[];

const versionOptions = [
  { value: '1.2', label: 'TLS 1.2' },
  { value: '1.3', label: 'TLS 1.3' },
] as const;

const userOptions = userSources.map((value) => ({
  value,
  label: value === 'connect' ? 'As the client says' : `From the certificate: ${userSourceWords[value]}`,
}));

interface ListenerDialogProps {
  /** `null`: closed. */
  readonly draft: ListenerDraft | null;
  readonly others: readonly ListenerOptions[];
  /** Of the TLS lab. */
  readonly certificates: readonly LabCertificate[];
  readonly isNew: boolean;
  readonly onChange: (draft: ListenerDraft) => void;
  readonly onSave: (options: ListenerOptions) => Promise<void>;
  readonly onClose: () => void;
}

/** One listener, to be made or changed. */
export function ListenerDialog({ draft, others, certificates, isNew, onChange, onSave, onClose }: ListenerDialogProps): ReactElement {
  const form = useId();
  const name = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  /** The draft that was last tried to save: what is wrong is said from then on. */
  const [tried, setTried] = useState<string | null>(null);
  // While the dialog fades, its form stays.
  const [shown, setShown] = useState(draft);
  if (draft !== null && draft !== shown) setShown(draft);
  const problems = draft === null ? {} : checkDraft(draft, others);
  const isValid = Object.keys(problems).length === 0;

  const close = (): void => {
    setTried(null);
    onClose();
  };
  const submit = async (): Promise<void> => {
    if (draft === null) return;
    setTried(draft.id);
    if (!isValid) return;
    setBusy(true);
    await onSave(optionsOf(draft));
    setBusy(false);
    setTried(null);
  };
  return (
    <Dialog
      open={draft !== null}
      onOpenChange={(open) => !open && close()}
      title={isNew ? 'Add a listener' : 'Edit the listener'}
      initialFocus={name}
      persistent
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" busy={busy}>
            {isNew ? 'Add listener' : 'Save listener'}
          </Button>
        </>
      }
    >
      {shown && (
        <form
          id={form}
          className={styles.form}
          aria-label="Listener"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <div className={styles.pair}>
            <TextField
              label="Name"
              inputRef={name}
              value={shown.name}
              onChange={(value) => onChange({ ...shown, name: value })}
              maxLength={100}
              placeholder="Lab devices"
            />
            <Select label="Kind" value={shown.kind} onChange={(kind) => onChange(withKind(shown, kind))} options={listenerKindOptions} />
          </div>
          <ListenerFields
            draft={shown}
            certificates={certificates}
            problems={tried === shown.id ? problems : {}}
            onChange={(change) => onChange({ ...shown, ...change })}
          />
        </form>
      )}
    </Dialog>
  );
}

interface FieldsProps {
  readonly draft: ListenerDraft;
  readonly certificates: readonly LabCertificate[];
  readonly problems: DraftProblems;
  readonly onChange: (change: Partial<ListenerDraft>) => void;
}

/** All but name and kind. */
export function ListenerFields({ draft, certificates, problems, onChange }: FieldsProps): ReactElement {
  const text = (field: DraftField): { readonly value: string; readonly onChange: (value: string) => void; readonly error: string | undefined } => ({
    value: draft[field],
    onChange: (value) => onChange({ [field]: value }),
    error: problems[field],
  });
  return (
    <>
      {draft.kind === 'unix' ? (
        <TextField label="Path" {...text('path')} mono placeholder="/run/mqtt.sock" hint="A socket file that nobody uses any more is replaced." />
      ) : (
        <div className={styles.place}>
          <TextField label="Address" {...text('host')} mono maxLength={255} hint="127.0.0.1: this machine only. 0.0.0.0: all its addresses." />
          <TextField label="Port" {...text('port')} mono maxLength={5} />
        </div>
      )}
      {hasTls(draft) && (
        <fieldset className={styles.group}>
          <legend className={styles.legend}>TLS</legend>
          {(certificates.length > 0 || draft.labCertificate !== '') && (
            <Select
              label="Certificate"
              value={draft.labCertificate}
              onChange={(labCertificate) => onChange({ labCertificate })}
              options={certificateChoices(certificates, draft.labCertificate)}
            />
          )}
          {draft.labCertificate === '' && (
            <>
              <TextField
                label="Certificate file"
                {...text('certificateFile')}
                mono
                placeholder="/etc/mqtt/server.pem"
                hint="PEM, with the chain of its issuers behind it."
              />
              <TextField label="Key file" {...text('keyFile')} mono placeholder="/etc/mqtt/server.key" hint="PEM, without a passphrase." />
            </>
          )}
          <div className={styles.pair}>
            <Select
              label="Client certificates"
              value={draft.clientCertificates}
              onChange={(clientCertificates) => onChange({ clientCertificates })}
              options={certificateOptions}
            />
            <Select label="Oldest TLS version" value={draft.minVersion} onChange={(minVersion) => onChange({ minVersion })} options={versionOptions} />
          </div>
          {draft.clientCertificates !== 'none' && (
            <>
              <TextField
                label="CA file"
                {...text('caFile')}
                mono
                placeholder={draft.labCertificate === '' ? '/etc/mqtt/ca.pem' : 'the authority of the lab'}
                hint="PEM: who may have signed the certificates of clients."
              />
              <TextField
                label="CRL file"
                {...text('crlFile')}
                mono
                placeholder="revocation is not looked at"
                hint="PEM: what each authority of these certificates has revoked. Read when the broker starts."
              />
              <Select
                label="User name"
                value={draft.userFrom}
                onChange={(userFrom) => onChange({ userFrom })}
                options={userOptions}
                hint={
                  draft.userFrom === 'connect'
                    ? 'A certificate says only that a client may connect.'
                    : 'In place of the name in CONNECT; no password is asked for. Rules for this user apply.'
                }
              />
            </>
          )}
        </fieldset>
      )}
      <fieldset className={styles.group}>
        <legend className={styles.legend}>Limits</legend>
        <div className={styles.three}>
          <TextField label="Connections" {...text('maxConnections')} placeholder="any" maxLength={9} suffix="at once" />
          <TextField label="New connections" {...text('connectionsPerSecond')} placeholder="any" maxLength={9} suffix="per second" />
          <TextField label="Largest packet" {...text('maxPacketBytes')} placeholder="as the broker" maxLength={9} suffix="bytes" />
        </div>
      </fieldset>
      <Checkbox
        label="Behind a proxy (PROXY protocol)"
        hint="Every connection has to begin with a PROXY header, version 1 or 2, which says where its client really is. Clients cannot connect directly."
        checked={draft.proxyProtocol}
        onChange={(proxyProtocol) => onChange({ proxyProtocol })}
      />
    </>
  );
}

/** The files, or a server certificate of the lab; one that was deleted stays to be seen. */
function certificateChoices(certificates: readonly LabCertificate[], chosen: string): { value: string; label: string; detail?: string }[] {
  const servers = certificates.filter(({ role }) => role === 'server');
  const isGone = chosen !== '' && !servers.some(({ id }) => id === chosen);
  return [
    { value: '', label: 'From files' },
    ...servers.map(({ id, fault }) => ({
      value: id,
      label: `Certificate of the lab: ${id}`,
      ...(fault === null ? {} : { detail: `wrong on purpose: ${faultWords[fault]}` }),
    })),
    ...(isGone ? [{ value: chosen, label: `Certificate of the lab: ${chosen}`, detail: 'deleted' }] : []),
  ];
}
