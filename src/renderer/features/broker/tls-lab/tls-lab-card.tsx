import { Download, Ellipsis, Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { BrokerListener } from '../../../../shared/contract/broker.ts';
import type { LabAuthority, LabCertificate } from '../../../../shared/contract/tls-lab.ts';
import type { Settings } from '../../../../shared/contract/workspace.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu, type MenuEntry } from '../../../ui/menu.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { Card, CopyLine, copyText, formatDateTime, saveFile, useNow } from '../../common/index.ts';
import styles from '../listeners/listeners.module.css';
import { ExportDialog, type ProtectedForm } from './export-dialog.tsx';
import { IssueDialog } from './issue-dialog.tsx';
import { deleteLab, deleteLabCertificate, renewLabCertificate, saveLabFile, useTlsLab } from './lab-actions.ts';
import { faultWords, roleWords, subscribeLine } from './lab-words.ts';
import lab from './tls-lab.module.css';

interface TlsLabCardProps {
  readonly settings: Settings['broker'];
  /** Those that are open now. */
  readonly open: readonly BrokerListener[];
}

/** A local authority, and the good and deliberately wrong certificates it signed. */
export function TlsLabCard({ settings, open }: TlsLabCardProps): ReactElement | null {
  const view = useTlsLab();
  const [issuing, setIssuing] = useState(false);
  const [saved, setSaved] = useState<{ readonly certificate: LabCertificate; readonly form: ProtectedForm } | null>(null);
  if (!view) return null;
  const { authority, certificates, problems } = view;
  const used = new Set(
    settings.listeners.flatMap((listener) => ('tls' in listener && listener.tls.labCertificate !== null ? [listener.tls.labCertificate] : [])),
  );
  const isEmpty = authority === null && certificates.length === 0;
  const labIds = new Set(settings.listeners.filter((listener) => 'tls' in listener && listener.tls.labCertificate !== null).map(({ id }) => id));
  const reached = open.find(({ id, kind }) => kind === 'tls' && labIds.has(id));
  return (
    <Card
      title="TLS lab"
      flush
      actions={
        !isEmpty && (
          <>
            <Button size="small" icon={<Plus size={14} aria-hidden />} onClick={() => setIssuing(true)}>
              Issue certificate
            </Button>
            <Menu
              align="end"
              trigger={<IconButton size="small" label="More about the lab" icon={<Ellipsis size={14} aria-hidden />} />}
              items={[{ label: 'Delete the lab …', danger: true, onSelect: () => void deleteLab(certificates.length) }]}
            />
          </>
        )
      }
    >
      {problems.length > 0 && (
        <div className={styles.pending}>
          <Banner
            inset
            kind="warn"
            title="Files of the lab cannot be used"
            actions={isEmpty && <Button onClick={() => void deleteLab(0)}>Delete the lab</Button>}
          >
            {problems.join(' ')}
          </Banner>
        </div>
      )}
      {isEmpty ? (
        <EmptyState
          compact
          title="No authority yet"
          text="A local authority (CA) with certificates for the broker and for devices, and with wrong ones that a good client has to refuse."
          actions={
            <Button icon={<Plus size={14} aria-hidden />} onClick={() => setIssuing(true)}>
              Issue certificate
            </Button>
          }
        />
      ) : (
        <>
          {authority && <Authority authority={authority} listener={reached} />}
          <ul className={lab.list} aria-label="Certificates of the lab">
            {certificates.map((certificate) => (
              <CertificateRow
                key={certificate.id}
                certificate={certificate}
                isUsed={used.has(certificate.id)}
                onExport={(form) => setSaved({ certificate, form })}
              />
            ))}
          </ul>
        </>
      )}
      <IssueDialog open={issuing} onClose={() => setIssuing(false)} />
      <ExportDialog of={saved} onClose={() => setSaved(null)} />
    </Card>
  );
}

function Authority({ authority, listener }: { readonly authority: LabAuthority; readonly listener: BrokerListener | undefined }): ReactElement {
  return (
    <div className={lab.authority}>
      <p className={styles.name}>
        <span className={styles.title}>{authority.subject}</span>
        <Badge>CA</Badge>
      </p>
      <p className={styles.muted}>Valid until {formatDate(authority.validTo)}. Give it to your devices: it is what they have to trust.</p>
      <div className={lab.buttons}>
        <Button size="small" onClick={() => void copyAuthority(authority)}>
          Copy the CA
        </Button>
        <Button
          size="small"
          icon={<Download size={14} aria-hidden />}
          onClick={() => saveFile([new TextEncoder().encode(authority.pem)], 'mqtt-workbench-lab-ca.pem')}
        >
          Save the CA
        </Button>
      </div>
      {listener && <CopyLine text={subscribeLine(listener, authority.file)} label="Copy the subscribe command with the lab" />}
    </div>
  );
}

async function copyAuthority({ pem }: LabAuthority): Promise<void> {
  if (await copyText(pem)) toasts.show({ title: 'The certificate of the lab’s authority is on the clipboard' });
}

interface RowProps {
  readonly certificate: LabCertificate;
  /** A listener has it. */
  readonly isUsed: boolean;
  readonly onExport: (form: ProtectedForm) => void;
}

function CertificateRow({ certificate, isUsed, onExport }: RowProps): ReactElement {
  const now = useNow(60_000);
  const { name, id, role, fault, validFrom, validTo, expectation, alternativeNames, key } = certificate;
  const items: readonly MenuEntry[] = [
    { label: 'Save the certificate (PEM)', onSelect: () => void saveLabFile(certificate, 'certificate') },
    { label: 'Save the key (PEM)', onSelect: () => void saveLabFile(certificate, 'key') },
    { label: 'Save as P12 …', onSelect: () => onExport('p12') },
    { label: 'Save all as zip …', onSelect: () => onExport('zip') },
    { kind: 'separator' },
    { label: 'Renew', onSelect: () => renewLabCertificate(certificate) },
    { label: 'Delete …', danger: true, onSelect: () => void deleteLabCertificate(certificate, isUsed) },
  ];
  return (
    <li className={styles.row}>
      <div className={styles.text}>
        <p className={styles.name}>
          <span className={styles.title}>{name}</span>
          <Badge>{roleWords[role]}</Badge>
          {fault !== null && <Badge tone="warn">{faultWords[fault]}</Badge>}
          {fault === null && validTo < now && <Badge tone="bad">has expired</Badge>}
          {isUsed && <span className={styles.muted}>used by a listener</span>}
        </p>
        <p className={styles.details}>
          <code data-selectable>{id}</code>
          <span className={styles.muted}>
            {fault === 'not-yet-valid' ? `valid from ${formatDate(validFrom)}` : `valid until ${formatDate(validTo)}`} · {key}
          </span>
          {alternativeNames.length > 0 && (
            <span className={styles.muted} title={alternativeNames.join('\n')}>
              {alternativeNames.slice(0, 3).map(plainName).join(', ')}
              {alternativeNames.length > 3 && ` and ${alternativeNames.length - 3} more`}
            </span>
          )}
        </p>
        {expectation !== null && <p className={styles.details}>{expectation}</p>}
      </div>
      <Menu align="end" trigger={<IconButton size="small" label={`More about ${name}`} icon={<Ellipsis size={14} aria-hidden />} />} items={items} />
    </li>
  );
}

/** `DNS:localhost` → `localhost`. */
const plainName = (name: string): string => name.replace(/^(?:DNS|IP Address):/, '');
const formatDate = (timeMs: number): string => formatDateTime(timeMs * 1000).slice(0, 10);
