import { Copy } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ConnectionStatus, Subscription } from '../../../../shared/contract/connections.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { copyText, plural } from '../../common/index.ts';
import { activeAsJson, activeAsText, activeSubscriptions } from './subscription-words.ts';

interface CopyActiveProps {
  readonly subscriptions: readonly Subscription[];
  readonly status: ConnectionStatus | undefined;
}

/** Copies the subscriptions that the broker has granted. */
export function CopyActive({ subscriptions, status }: CopyActiveProps): ReactElement | null {
  const active = activeSubscriptions(subscriptions, status);
  if (active.length === 0) return null;
  const copy = async (text: string): Promise<void> => {
    if (await copyText(text)) toasts.show({ kind: 'ok', title: `${plural(active.length, 'subscription')} copied` });
  };
  return (
    <Menu
      align="end"
      trigger={<IconButton size="small" label={`Copy the active subscriptions (${active.length})`} icon={<Copy size={14} aria-hidden />} />}
      items={[
        { label: 'As text', detail: 'one filter a line', onSelect: () => void copy(activeAsText(active)) },
        { label: 'As JSON', detail: 'with QoS and alias', onSelect: () => void copy(activeAsJson(active)) },
      ]}
    />
  );
}
