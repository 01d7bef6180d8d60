import { useEffect, useState, type ReactElement } from 'react';
import type { HostInfo } from '../../../shared/contract/host.ts';
import { engineClient } from '../../data/index.ts';
import { KeyValueTable } from '../../ui/key-value-table.tsx';
import { Card, CopyLine } from '../common/index.ts';
import styles from './settings.module.css';

const hosts: Readonly<Record<HostInfo['host'], string>> = { desktop: 'Desktop', browser: 'Browser', 'broker-only': 'Broker only' };

/** Where this workspace is kept, and what runs it: for reports of problems. */
export function AboutCard({ folder }: { readonly folder: string }): ReactElement {
  const [info, setInfo] = useState<HostInfo>();
  useEffect(() => {
    let gone = false;
    // Without an answer the facts stay out; the banner tells about a lost link.
    engineClient()
      .call('host.info', undefined)
      .then((answer) => !gone && setInfo(answer))
      .catch(() => undefined);
    return () => {
      gone = true;
    };
  }, []);
  return (
    <Card title="Workspace and version">
      <div className={styles.stack}>
        <div className={styles.folder}>
          <span className={styles.hint}>Connections, saved messages and settings are readable files in this folder; passwords are kept apart from them.</span>
          <CopyLine text={folder} label="Copy the workspace folder" />
        </div>
        {info && (
          <KeyValueTable
            label="Version"
            rows={[
              { key: 'MQTT Workbench', value: info.appVersion },
              { key: 'Host', value: hosts[info.host] },
              { key: 'Node.js', value: info.nodeVersion },
              { key: 'SQLite', value: info.sqlite },
              { key: 'Platform', value: info.platform },
            ]}
          />
        )}
      </div>
    </Card>
  );
}
