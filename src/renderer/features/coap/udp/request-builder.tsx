import { BookmarkPlus, Copy, Eye, Send, Square } from 'lucide-react';
import type { ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import { coapUdpLimits } from '../../../../shared/coap/udp/limits.ts';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu, type MenuEntry } from '../../../ui/menu.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { copyText } from '../../common/index.ts';
import { EnvironmentPicker, UnknownVariables } from '../../environments/index.ts';
import { coapUdpStore, useCoapUdp } from './coap-udp-model.ts';
import { coapClientLine, workbenchLine } from './copy-line.ts';
import { keepRequest } from './keep-request.ts';
import { sendDraft, stopCollecting, useMulticast } from './multicast-model.ts';
import { MulticastSettings } from './multicast-settings.tsx';
import { readDraft, textsOf, type RequestDraft } from './request-draft.ts';
import { RequestFields } from './request-fields.tsx';
import { savedOfDraft, savingProblems } from './saved-request.ts';
import styles from './coap-udp.module.css';

/** A request, and what can be done with it. */
export function RequestBuilder(): ReactElement {
  const store = coapUdpStore();
  const draft = useCoapUdp((state) => state.draft);
  const reveal = useCoapUdp((state) => state.reveal);
  const collecting = useMulticast((state) => state.exchange?.running === true);
  const running = useCoapUdp((state) => state.exchange?.running === true) || collecting;
  const observing = useCoapUdp((state) => state.observations.filter(({ phase }) => phase !== 'ended').length);
  const { problems } = readDraft(draft);
  const full = observing >= coapUdpLimits.observations;
  const mayObserve = (draft.method === 'GET' || draft.method === 'FETCH') && !full;
  const send = sendDraft;
  const save = (): void => keep(draft);
  useCommands([
    {
      id: 'coapUdp.send',
      title: 'Send the CoAP request over UDP',
      group: 'CoAP',
      place: 'coap',
      view: 'udp',
      shortcut: 'Mod+Enter',
      keywords: 'udp get put post',
      when: () => !running,
      run: send,
    },
    {
      id: 'coapUdp.observe',
      title: 'Observe the CoAP resource over UDP',
      group: 'CoAP',
      place: 'coap',
      view: 'udp',
      keywords: 'udp notifications',
      when: () => mayObserve,
      run: () => void store.observe(),
    },
    {
      id: 'coapUdp.save',
      title: 'Save the CoAP request over UDP into a collection',
      group: 'CoAP',
      place: 'coap',
      view: 'udp',
      shortcut: 'Mod+S',
      keywords: 'udp keep bookmark',
      run: save,
    },
  ]);
  return (
    <form
      className={styles['builder']}
      aria-label="Request over UDP"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <RequestFields
        draft={draft}
        problems={problems}
        reveal={reveal}
        onChange={(change) => store.edit(change)}
        actions={
          <span className={styles['send']}>
            <Tooltip
              text={
                full ? `${coapUdpLimits.observations} resources are observed already: end one first` : 'Each change of the resource is told (GET and FETCH)'
              }
              side="top"
            >
              <Button icon={<Eye size={14} aria-hidden />} disabled={!mayObserve} onClick={() => void store.observe()}>
                Observe
              </Button>
            </Tooltip>
            {running ? (
              <Button icon={<Square size={13} aria-hidden />} onClick={collecting ? stopCollecting : () => store.cancel()}>
                {collecting ? 'Stop' : 'Cancel'}
              </Button>
            ) : (
              <Tooltip text="Send the request" shortcut="Mod+Enter" side="top">
                <Button type="submit" variant="primary" icon={<Send size={14} aria-hidden />}>
                  Send
                </Button>
              </Tooltip>
            )}
          </span>
        }
        tools={
          <>
            <EnvironmentPicker />
            <CopyMenu draft={draft} />
            <Tooltip text="Save into a collection" shortcut="Mod+S" side="top">
              <IconButton size="small" label="Save into a collection" icon={<BookmarkPlus size={15} aria-hidden />} onClick={save} />
            </Tooltip>
          </>
        }
        notes={
          <>
            <MulticastSettings uri={draft.uri} />
            <UnknownVariables texts={textsOf(draft)} known={[]} elsewhere="">
              The request is not sent.
            </UnknownVariables>
          </>
        }
      />
    </form>
  );
}

/** Asks where it is to be kept, or says what is wrong with it. */
function keep(draft: RequestDraft): void {
  const saved = savedOfDraft(draft);
  if (saved) {
    keepRequest(saved);
    return;
  }
  const { options, ...problems } = savingProblems(draft);
  const [first = 'The request cannot be saved.'] = [...Object.values(problems), ...Object.values(options)];
  coapUdpStore().reveal();
  toasts.show({ kind: 'bad', title: 'The request cannot be saved yet', detail: first });
}

function CopyMenu({ draft }: { readonly draft: RequestDraft }): ReactElement {
  const isWhole = readDraft(draft).input !== null;
  const entry = (label: string, detail: string, make: () => string): MenuEntry => ({
    label,
    detail,
    onSelect: () => void copyText(make()).then((done) => done && toasts.show({ kind: 'ok', title: `Copied: ${label}` })),
  });
  return (
    <Menu
      align="end"
      trigger={
        <Button size="small" icon={<Copy size={13} aria-hidden />} disabled={!isWhole}>
          Copy as
        </Button>
      }
      items={[
        entry('Command line', 'mqtt-workbench coap', () => workbenchLine(draft)),
        entry('Command line of libcoap', 'coap-client', () => coapClientLine(draft)),
      ]}
    />
  );
}
