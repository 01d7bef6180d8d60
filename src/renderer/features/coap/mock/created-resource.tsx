import type { ReactElement } from 'react';
import type { MockDevice, MockResourceState } from '../../../../shared/contract/mock-devices.ts';
import { Banner } from '../../../ui/banner.tsx';
import { LiveState } from './live-state.tsx';
import styles from './mock-devices.module.css';

/** A resource that a request has created: it has the methods of the one it was created below. */
export function CreatedResource({ device, live }: { readonly device: MockDevice; readonly live: MockResourceState }): ReactElement {
  return (
    <section className={styles['editor']} aria-label={`Resource /${live.path}`}>
      <Banner title={`/${live.path} was created by a request.`}>It answers as the resource it was created below, and is gone after a reset.</Banner>
      <div className={styles['form']}>
        <LiveState device={device} live={live} />
      </div>
    </section>
  );
}
