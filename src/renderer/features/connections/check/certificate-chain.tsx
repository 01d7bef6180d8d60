import { Download } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { PresentedCertificate } from '../../../../shared/contract/connection-check.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { KeyValueTable } from '../../../ui/key-value-table.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { CopyButton, saveFile, useNow } from '../../common/index.ts';
import { certificateName } from './check-words.ts';
import styles from './check.module.css';

const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** The chain that the broker presented, one certificate at a time. */
export function CertificateChain({ certificates }: { readonly certificates: readonly PresentedCertificate[] }): ReactElement | null {
  const now = useNow(60_000);
  const [chosen, setChosen] = useState('0');
  const shown = certificates[Number(chosen)] ?? certificates[0];
  if (!shown) return null;
  const validity = shown.validTo < now ? 'expired' : shown.validFrom > now ? 'not valid yet' : null;
  return (
    <section className={styles.chain} aria-label="Certificates of the broker">
      {certificates.length > 1 && (
        <SegmentedControl
          label="Certificate"
          value={chosen}
          onChange={setChosen}
          segments={certificates.map((certificate, at) => ({ value: String(at), label: certificateName(certificate) }))}
        />
      )}
      <KeyValueTable
        label={`Certificate ${certificateName(shown)}`}
        rows={[
          { key: 'For', value: shown.subject || 'nobody by name' },
          { key: 'Names', value: shown.subjectAltNames.length === 0 ? 'none' : shown.subjectAltNames.join(', '), mono: true },
          { key: 'Issued by', value: shown.isSelfSigned ? 'itself' : shown.issuer },
          {
            key: 'Valid',
            value: (
              <>
                {date.format(shown.validFrom)} – {date.format(shown.validTo)} {validity !== null && <Badge tone="bad">{validity}</Badge>}
              </>
            ),
          },
          { key: 'Key', value: shown.key },
          { key: 'Purpose', value: shown.isAuthority ? 'authority' : shown.extendedKeyUsage.length === 0 ? 'any' : shown.extendedKeyUsage.join(', ') },
          { key: 'Serial number', value: shown.serialNumber, mono: true },
          { key: 'SHA-256', value: shown.sha256, mono: true },
        ]}
      />
      <div className={styles.chainActions}>
        <CopyButton text={shown.sha256} label="Copy the fingerprint" />
        <Button
          size="small"
          icon={<Download size={14} aria-hidden />}
          onClick={() => saveFile([new TextEncoder().encode(shown.pem)], `${certificateName(shown).replaceAll(/[^\w.-]+/g, '-')}.pem`)}
        >
          Save as PEM
        </Button>
      </div>
    </section>
  );
}
