import { useEffect, useRef, useState } from 'react';
import { desktopHost, engineClient, useLink } from '../data/index.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { toasts } from '../ui/toast.tsx';
import { linkTrouble } from './link-words.ts';

/** A link that comes back this soon is not worth a banner. */
const quietMs = 300;

/** Says that the engine is away, and what to do; says so when it is back. */
export function LinkBanner() {
  const link = useLink();
  const host = desktopHost();
  const trouble = linkTrouble(link, host !== undefined);
  const troubled = trouble !== undefined;
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(troubled), troubled ? quietMs : 0);
    return () => clearTimeout(timer);
  }, [troubled]);

  const returns = useRef(link.returns);
  useEffect(() => {
    if (link.returns === returns.current) return;
    returns.current = link.returns;
    toasts.show({ kind: 'ok', id: 'link', title: 'Connected to the engine again', detail: 'What was under way when the connection was lost did not finish.' });
  }, [link.returns]);

  if (!trouble || !shown) return null;
  return (
    <Banner
      kind={trouble.kind}
      busy={link.state === 'connecting' || trouble.action === 'wait'}
      title={trouble.title}
      actions={
        trouble.action === 'restart' && host ? (
          <Button size="small" onClick={() => host.restartEngine()}>
            Start the engine again
          </Button>
        ) : trouble.action === 'reload' ? (
          <Button size="small" onClick={() => location.reload()}>
            Reload the page
          </Button>
        ) : trouble.action === 'try-now' ? (
          <Button size="small" onClick={() => engineClient().reconnectNow()}>
            Try now
          </Button>
        ) : undefined
      }
    >
      {trouble.text}
    </Banner>
  );
}
