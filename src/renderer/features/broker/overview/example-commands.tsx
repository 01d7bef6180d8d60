import type { ReactElement } from 'react';
import type { BrokerListener } from '../../../../shared/contract/broker.ts';
import { CopyLine } from '../../common/index.ts';
import styles from '../broker.module.css';
import { exampleCommands } from '../listeners/listener-form.ts';

/** Lines for a terminal that reach this broker, with its real port. */
export function ExampleCommands({ listeners }: { readonly listeners: readonly BrokerListener[] }): ReactElement | null {
  const lines = exampleCommands(listeners);
  if (!lines) return null;
  return (
    <div className={styles.examples}>
      <span className={styles.exampleName}>Publish a message</span>
      <CopyLine text={lines.publish} label="Copy the publish command" />
      <span className={styles.exampleName}>Watch everything</span>
      <CopyLine text={lines.subscribe} label="Copy the subscribe command" />
    </div>
  );
}
