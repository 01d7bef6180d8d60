import { useEffect } from 'react';
import type { SubscriptionNotification } from '../../../../shared/contract/connections.ts';
import { engineClient } from '../../../data/index.ts';
import { toasts } from '../../../ui/toast.tsx';
import { formatCount } from '../../common/index.ts';
import { newsWords } from './news-words.ts';
import { notifyDesktop } from './notifications.ts';

/** Tells of messages that came by subscriptions with the action Notify, whatever place is shown. */
export function SubscriptionNews({ onShow }: { readonly onShow: (connectionId: string, topic: string) => void }): null {
  useEffect(() => {
    let timer: number | undefined;
    let close: (() => void) | undefined;
    const open = (): void => {
      close = engineClient().stream('connections.notifications', undefined, {
        item: (news) => tell(news, onShow),
        // The engine may be on its way back.
        end: () => (timer = window.setTimeout(open, 2000)),
      });
    };
    open();
    return () => {
      window.clearTimeout(timer);
      close?.();
    };
  }, [onShow]);
  return null;
}

function tell(news: SubscriptionNotification, onShow: (connectionId: string, topic: string) => void): void {
  const { title, text } = newsWords(news, formatCount);
  const show = (): void => onShow(news.id, news.topic);
  // The newest of a connection takes the place of the one before.
  toasts.show({ id: `subscription-${news.id}`, title, detail: text, action: { label: 'Show', run: show } });
  notifyDesktop(title, text, show);
}
