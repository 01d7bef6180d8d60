import { Copy } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Menu, type MenuEntry } from '../../../ui/menu.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { connectionOf, copyText, useBrokerStatus, useConnections, type SourceOption } from '../../common/index.ts';
import type { Variables } from '../../rpc/index.ts';
import { copyableDraft } from './copyable-draft.ts';
import { asCommand, asJson, asPython } from './copy-request.ts';
import { newUuid } from './new-uuid.ts';
import type { RequestDraft } from './request-draft.ts';

interface CopyMenuProps {
  readonly source: SourceOption;
  readonly draft: RequestDraft;
  readonly variables: Variables | null;
  readonly disabled: boolean;
}

/** The request in other words, for where there is no workbench. Variables get their values; those of secrets are not known here. */
export function CopyMenu({ source, draft, variables, disabled }: CopyMenuProps): ReactElement {
  const url = useBrokerUrl(source);
  const copy = async (label: string, make: (draft: RequestDraft) => string): Promise<void> => {
    const filled = copyableDraft(draft, variables);
    if ('problem' in filled) {
      toasts.show({ kind: 'bad', title: 'The request cannot be copied', detail: filled.problem });
      return;
    }
    if (!(await copyText(make(filled.draft)))) return;
    const secrets = filled.secrets.map((name) => `{{${name}}}`).join(', ');
    toasts.show({
      kind: 'ok',
      title: `Copied: ${label}`,
      ...(secrets === '' ? {} : { detail: `Secrets are not copied: put the ${filled.secrets.length === 1 ? 'value' : 'values'} in place of ${secrets}.` }),
    });
  };
  const entry = (label: string, detail: string, make: (draft: RequestDraft) => string): MenuEntry => ({
    label,
    detail,
    onSelect: () => void copy(label, make),
  });
  return (
    <Menu
      align="end"
      trigger={
        <Button size="small" icon={<Copy size={13} aria-hidden />} disabled={disabled}>
          Copy as
        </Button>
      }
      items={[
        entry('JSON', 'topic and payload', asJsonNow),
        entry('Command line', 'mqtt-workbench request', (filled) => asCommand(filled, url)),
        entry('Python, async', 'gf_mqtt_client', (filled) => asPython(filled, url, 'async')),
        entry('Python, sync', 'gf_mqtt_client', (filled) => asPython(filled, url, 'sync')),
      ]}
    />
  );
}

const asJsonNow = (draft: RequestDraft): string => asJson(draft, Date.now(), 'mqtt-workbench', newUuid());

/** Where a program finds the broker of a source. */
function useBrokerUrl(source: SourceOption): string {
  const listeners = useBrokerStatus()?.listeners;
  const profiles = useConnections()?.profiles;
  const connection = connectionOf(source.id);
  const local = listeners?.find(({ kind }) => kind === 'tcp')?.url;
  return (connection === null ? local : profiles?.find(({ id }) => id === connection)?.uri) ?? 'mqtt://127.0.0.1:1883';
}
