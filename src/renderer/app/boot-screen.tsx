import { RotateCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { desktopHost, engineClient, useLink } from '../data/index.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { Logo } from './logo.tsx';
import { linkTrouble } from './link-words.ts';
import styles from './boot-screen.module.css';

/** A start this quick needs no words. */
const quietMs = 500;

/** What is seen until the engine has sent the first state. */
export function BootScreen() {
  const link = useLink();
  const [patient, setPatient] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), quietMs);
    return () => clearTimeout(timer);
  }, []);
  const trouble = link.everOpen && link.state === 'open' ? undefined : linkTrouble(link, desktopHost() !== undefined);
  const host = desktopHost();
  return (
    <main className={styles.screen} aria-busy>
      <Logo size={72} />
      <h1 className="visually-hidden">MQTT Workbench</h1>
      {patient ? null : trouble && link.state !== 'connecting' ? (
        <div className={styles.trouble} role="alert">
          <EmptyState
            compact
            title={trouble.title}
            text={trouble.text}
            actions={
              trouble.action === 'restart' && host ? (
                <Button variant="primary" icon={<RotateCw size={14} aria-hidden />} onClick={() => host.restartEngine()}>
                  Start the engine again
                </Button>
              ) : trouble.action === 'reload' ? (
                <Button variant="primary" onClick={() => location.reload()}>
                  Reload the page
                </Button>
              ) : (
                <Button onClick={() => engineClient().reconnectNow()}>Try now</Button>
              )
            }
          />
        </div>
      ) : (
        <p className={styles.wait} role="status">
          <Spinner size={14} /> Starting …
        </p>
      )}
    </main>
  );
}
