import type { ReactElement } from 'react';
import { KeyValueTable } from '../../../ui/key-value-table.tsx';
import styles from './pipeline.module.css';

/** What `connect()` of gf_mqtt_client adds behind all handlers. */
export function DefaultHandler(): ReactElement {
  return (
    <section className={styles.about} aria-label="Default response handler" tabIndex={0}>
      <h2 className={styles.aboutTitle}>Default response handler</h2>
      <p>
        connect() of gf_mqtt_client puts it behind all handlers. It completes the call with the response, or raises the exception of its code; without it no
        request() would ever end. A handler before it that does not propagate keeps messages from it.
      </p>
      <KeyValueTable
        compact
        label="Default response handler"
        rows={[
          { key: 'Takes', value: 'every message with a response_code' },
          { key: 'raise_exceptions', value: 'True: codes from 400 on', mono: true },
          { key: 'Returns', value: 'the message, which completes the call that waits for it' },
          { key: 'propagate', value: 'True', mono: true },
        ]}
      />
    </section>
  );
}
