import { Eye, Send, Square } from 'lucide-react';
import type { ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import { fromHex } from '../../../../shared/coap/udp/hex.ts';
import { methodCodes, type CoapMethod } from '../../../../shared/coap/udp/packet.ts';
import { Button } from '../../../ui/button.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { formatBytes } from '../../common/index.ts';
import { coapUdpStore, useCoapUdp } from './coap-udp-model.ts';
import { sendDraft, stopCollecting, useMulticast } from './multicast-model.ts';
import { MulticastSettings } from './multicast-settings.tsx';
import { OptionsEditor } from './options-editor.tsx';
import { formatChoices, readDraft } from './request-draft.ts';
import { SendSettings } from './send-settings.tsx';
import styles from './coap-udp.module.css';

const methods = Object.keys(methodCodes).map((name) => ({ value: name as CoapMethod, label: name }));
const formats = [{ value: 'none', label: 'No content format' }, ...formatChoices];

/** Everything of a request: where it goes, options, payload, and how it is sent. */
export function RequestBuilder(): ReactElement {
  const store = coapUdpStore();
  const draft = useCoapUdp((state) => state.draft);
  const reveal = useCoapUdp((state) => state.reveal);
  const collecting = useMulticast((state) => state.exchange?.running === true);
  const running = useCoapUdp((state) => state.exchange?.running === true) || collecting;
  const observing = useCoapUdp((state) => state.observation !== null && state.observation.phase !== 'ended');
  const { problems } = readDraft(draft);
  const mayObserve = (draft.method === 'GET' || draft.method === 'FETCH') && !observing;
  const send = sendDraft;
  const bytes = draft.payloadAs === 'text' ? new TextEncoder().encode(draft.payload).length : (fromHex(draft.payload)?.length ?? 0);
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
      <div className={styles['line']}>
        <Select className={styles['method']} label="Method" value={draft.method} onChange={(method) => store.edit({ method })} options={methods} />
        <TextField
          className={styles['uri']}
          label="Address"
          mono
          value={draft.uri}
          onChange={(uri) => store.edit({ uri })}
          placeholder="coap://127.0.0.1:5683/.well-known/core"
          maxLength={8192}
          error={reveal || (draft.uri !== '' && draft.uri.includes('://')) ? problems.uri : undefined}
        />
        <span className={styles['send']}>
          <Tooltip text={observing ? 'Something is observed already: end it first' : 'Each change of the resource is told (GET and FETCH)'} side="top">
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
      </div>
      <SendSettings draft={draft} problems={problems} reveal={reveal} />
      <MulticastSettings uri={draft.uri} />
      <div className={styles['parts']}>
        <section className={styles['part']} aria-label="Payload">
          <div className={styles['partHead']}>
            <h2 className={styles['label']}>Payload</h2>
            <SegmentedControl
              size="small"
              label="Write the payload as"
              value={draft.payloadAs}
              onChange={(payloadAs) => store.edit({ payloadAs })}
              segments={[
                { value: 'text', label: 'Text' },
                { value: 'hex', label: 'Hex' },
              ]}
            />
            <Select
              className={styles['format']}
              size="small"
              label="Content format"
              labelHidden
              value={draft.contentFormat === null ? 'none' : String(draft.contentFormat)}
              onChange={(value) => store.edit({ contentFormat: value === 'none' ? null : Number(value) })}
              options={formats}
            />
            <span className={styles['size']}>{bytes > 0 ? formatBytes(bytes) : ''}</span>
          </div>
          <TextArea
            className={styles['payload']}
            label="Payload"
            labelHidden
            mono
            rows={4}
            placeholder={draft.payloadAs === 'hex' ? 'a1 61 76 01' : 'none'}
            value={draft.payload}
            onChange={(payload) => store.edit({ payload })}
            error={problems.payload}
          />
        </section>
        <OptionsEditor rows={draft.options} problems={problems.options} reveal={reveal} />
      </div>
    </form>
  );
}
