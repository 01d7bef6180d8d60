import { CircleStop } from 'lucide-react';
import type { ReactElement } from 'react';
import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import type { FaultReport, HeldFault } from '../../../../shared/contract/broker-faults.ts';
import { actionWords, scopeWords, whereWords } from '../../../../shared/broker/faults/fault-words.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { Card, formatCount } from '../../common/index.ts';
import { endFaults } from './fault-actions.ts';
import styles from './faults.module.css';

interface ActiveCardProps {
  readonly active: readonly HeldFault[];
  readonly report: FaultReport | undefined;
  readonly status: BrokerStatus;
}

/** What is on: each profile with its rules, and how often each of them has struck. */
export function ActiveCard({ active, report, status }: ActiveCardProps): ReactElement {
  const hits = new Map(report?.rules.map(({ activation, rule, hits: count }) => [`${activation}/${rule}`, count]));
  return (
    <Card
      title="Active faults"
      titleAside={<Badge tone="warn">{formatCount(active.length)}</Badge>}
      actions={
        <Button size="small" icon={<CircleStop size={14} aria-hidden />} onClick={() => void endFaults()}>
          End all
        </Button>
      }
      flush
    >
      {status.phase !== 'running' && (
        <div className={styles.note}>
          <Banner inset title="The broker does not run.">
            These faults begin when it starts.
          </Banner>
        </div>
      )}
      <ul aria-label="Active faults">
        {active.map(({ id, profile, scope, includeOwn, keep, since }) => (
          <li key={id} className={styles.active}>
            <div className={styles.row}>
              <div className={styles.text}>
                <p className={styles.name}>
                  <span className={styles.title}>{profile.name}</span>
                  {keep && <Badge title="Also after the broker was stopped, or the workbench closed">kept on</Badge>}
                </p>
                <p className={styles.muted}>
                  for {scopeWords(scope)}
                  {includeOwn ? ', the workbench’s own included' : ', but not the workbench’s own'} · turned on <RelativeTime timeMs={since} />
                </p>
              </div>
              <Button size="small" onClick={() => void endFaults(id)}>
                End “{profile.name.length > 24 ? `${profile.name.slice(0, 23)}…` : profile.name}”
              </Button>
            </div>
            <ul className={styles.rules} aria-label={`Rules of ${profile.name}`}>
              {profile.keys !== undefined && (
                <li className={styles.rule}>
                  <span>answers like mqttd ({profile.keys.dialect === 'c' ? 'C' : 'Python'})</span>
                </li>
              )}
              {profile.rules
                .filter(({ enabled }) => enabled)
                .map((rule) => (
                  <li key={rule.id} className={styles.rule}>
                    <span className={styles.count}>{formatCount(hits.get(`${id}/${rule.id}`) ?? 0)} ×</span>
                    <span>
                      {rule.name === '' ? actionWords(rule.action) : `${rule.name}: ${actionWords(rule.action)}`}{' '}
                      <span className={styles.muted}>– {whereWords(rule)}</span>
                    </span>
                  </li>
                ))}
            </ul>
          </li>
        ))}
      </ul>
      {status.engine === 'aedes' && (
        <p className={styles.foot}>The engine aedes takes faults for connections that come from now on; those that are there already stay as they are.</p>
      )}
    </Card>
  );
}
