import { ShieldOff, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { toBase64 } from '../draft/bytes.ts';
import { splitPem } from '../draft/pem.ts';
import { checksHostName, usesTls, verifyWords } from '../draft/tls-words.ts';
import { PemField } from './pem-field.tsx';
import { SecretField, secretFromFile } from './secret-field.tsx';
import { changeIn, type SectionProps } from './section-props.ts';
import { FileButton } from '../../common/index.ts';
import styles from './editor.module.css';

const versions = [
  { value: 'TLSv1', label: 'TLS 1.0 (insecure)' },
  { value: 'TLSv1.1', label: 'TLS 1.1 (insecure)' },
  { value: 'TLSv1.2', label: 'TLS 1.2' },
  { value: 'TLSv1.3', label: 'TLS 1.3' },
] as const;

/** Whom to trust, and who this client is. */
export function TlsSection(form: SectionProps): ReactElement {
  const { draft, problems, stored, onChange } = form;
  const { tls } = draft;
  const set = changeIn(onChange, 'tls');
  const takeCertificate = (text: string): void => {
    const { certificates, keys } = splitPem(text);
    if (keys === '') return;
    set({ certificate: certificates });
    secretFromFile(onChange, 'privateKey', keys, 'From the file of the certificate');
  };
  return (
    <div className={styles.fields}>
      {!usesTls(draft.uri) && <p className={styles.note}>The address has no TLS: nothing of this is used until it begins with mqtts:// or wss://.</p>}
      <div className={styles.row}>
        <Select
          label="Verify the broker’s certificate"
          value={tls.verify}
          onChange={(verify) => set({ verify })}
          options={[
            { value: 'required', label: 'Required' },
            { value: 'optional', label: 'Optional' },
            { value: 'none', label: 'None (insecure)' },
          ]}
        />
        <Checkbox
          label="Check the host name"
          hint={
            tls.verify === 'required'
              ? 'The certificate is for the host of the address.'
              : tls.verify === 'optional'
                ? 'Always on with “Optional”.'
                : 'Always off with “None”.'
          }
          disabled={tls.verify !== 'required'}
          checked={checksHostName(tls)}
          onChange={(checkHostName) => set({ checkHostName })}
        />
      </div>
      <p className={tls.verify === 'none' || !checksHostName(tls) ? styles.insecure : styles.hint}>
        {(tls.verify === 'none' || !checksHostName(tls)) && <ShieldOff size={13} aria-hidden />} {verifyWords(tls)}
      </p>
      <PemField
        label="Certificate authority (CA)"
        what="the CA"
        value={tls.ca}
        onChange={(ca) => set({ ca })}
        error={problems['tls.ca']}
        empty="Those of the system"
      />
      <h4 className={styles.subheading}>Certificate of this client</h4>
      <PemField
        label="Client certificate"
        what="the client certificate"
        value={tls.certificate}
        onChange={(certificate) => set({ certificate })}
        onDone={takeCertificate}
        error={problems['tls.certificate']}
        empty="None; with its chain, as PEM or DER"
      />
      <SecretField
        {...form}
        name="privateKey"
        label="Private key"
        lines
        placeholder="-----BEGIN PRIVATE KEY-----"
        hint="PEM, encrypted or not. Kept apart from the workspace files, encrypted"
        file={
          <FileButton
            what="the private key"
            accept=".pem,.key"
            maxBytes={750_000}
            onFile={(name, bytes) => secretFromFile(onChange, 'privateKey', new TextDecoder().decode(bytes), name)}
          />
        }
      />
      <PfxField {...form} />
      {(stored.includes('passphrase') || draft.secrets.passphrase.change !== 'keep' || form.has('privateKey') || form.has('pfx')) && (
        <SecretField {...form} name="passphrase" label="Passphrase of the key or PFX file" hint="Only for one that is encrypted" />
      )}
      <h4 className={styles.subheading}>Handshake</h4>
      <div className={styles.row}>
        <TextField
          label="Server name (SNI)"
          mono
          value={tls.serverName}
          onChange={(serverName) => set({ serverName })}
          error={problems['tls.serverName']}
          placeholder="the host of the address"
          hint="The certificate is checked against this name"
        />
        <TextField
          label="ALPN"
          mono
          value={tls.alpn}
          onChange={(alpn) => set({ alpn })}
          error={problems['tls.alpn']}
          placeholder="none"
          hint="Such as mqtt, or x-amzn-mqtt-ca for AWS on port 443"
        />
      </div>
      <div className={styles.row}>
        <Select
          label="Oldest version"
          value={tls.minVersion}
          onChange={(minVersion) => set({ minVersion })}
          options={[{ value: 'any', label: 'As usual (TLS 1.2)' }, ...versions]}
        />
        <Select
          label="Newest version"
          value={tls.maxVersion}
          onChange={(maxVersion) => set({ maxVersion })}
          error={problems['tls.maxVersion']}
          options={[{ value: 'any', label: 'As usual (TLS 1.3)' }, ...versions]}
        />
      </div>
      <TextField
        label="Ciphers"
        mono
        value={tls.ciphers}
        onChange={(ciphers) => set({ ciphers })}
        error={problems['tls.ciphers']}
        placeholder="as usual"
        hint="In the names of OpenSSL, with : between them"
      />
      <PinnedCertificates pinned={tls.pinned} onChange={(pinned) => set({ pinned })} />
    </div>
  );
}

function PfxField(form: SectionProps): ReactElement {
  const { draft, stored, problems, onChange } = form;
  const { pfx } = draft.secrets;
  if ((stored.includes('pfx') && pfx.change === 'keep') || (pfx.change === 'set' && pfx.label !== '')) {
    return <SecretField {...form} name="pfx" label="PFX file" />;
  }
  return (
    <div className={styles.material} role="group" aria-label="PFX file">
      <div className={styles.line}>
        <span className={styles.materialName}>or a PFX (P12) file</span>
        <span className={styles.materialState}>{pfx.change === 'remove' ? 'Removed with the next save' : 'None; certificate and key in one file'}</span>
        <FileButton what="the PFX" accept=".pfx,.p12" maxBytes={2_900_000} onFile={(name, bytes) => secretFromFile(onChange, 'pfx', toBase64(bytes), name)} />
        {stored.includes('pfx') && (
          <Button
            size="small"
            variant="ghost"
            onClick={() => onChange((now) => ({ secrets: { ...now.secrets, pfx: { change: 'keep', value: '', label: '' } } }))}
          >
            Keep the stored one
          </Button>
        )}
      </div>
      {problems['secrets.pfx'] !== undefined && <p className={styles.error}>{problems['secrets.pfx']}</p>}
    </div>
  );
}

function PinnedCertificates({
  pinned,
  onChange,
}: {
  readonly pinned: readonly string[];
  readonly onChange: (pinned: readonly string[]) => void;
}): ReactElement {
  return (
    <div className={styles.material} role="group" aria-label="Pinned certificates">
      <div className={styles.line}>
        <span className={styles.materialName}>Pinned certificates</span>
        <span className={styles.materialState}>
          {pinned.length === 0
            ? 'None. One that is trusted for this connection alone is listed here'
            : 'Trusted for this connection, whatever else is wrong with them'}
        </span>
      </div>
      {pinned.map((fingerprint) => (
        <div key={fingerprint} className={styles.pin}>
          <code className={styles.fingerprint} data-selectable>
            {fingerprint}
          </code>
          <IconButton
            size="small"
            label={`Trust ${fingerprint.slice(0, 11)}… no longer`}
            icon={<Trash2 size={14} aria-hidden />}
            onClick={() => onChange(pinned.filter((other) => other !== fingerprint))}
          />
        </div>
      ))}
    </div>
  );
}
