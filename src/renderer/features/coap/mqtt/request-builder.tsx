import { ChevronRight, CircleAlert, Copy, Play } from 'lucide-react';
import { useId, useState, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import { gfMethods } from '../../../../shared/coap/gf/message.ts';
import { CodeView } from '../../../editor/code-view.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Menu, type MenuEntry } from '../../../ui/menu.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { connectionOf, copyText, newId, useBrokerStatus, useConnections, useModel, type SourceOption } from '../../common/index.ts';
import { SourceDown } from '../../connections/index.ts';
import { coapStore, useCoapSource } from './coap-model.ts';
import { asCommand, asJson, asPython } from './copy-request.ts';
import { EnvelopeFields, envelopeWords } from './envelope-fields.tsx';
import { problemsOf, strictProblems, type RequestDraft } from './request-draft.ts';
import styles from './request-builder.module.css';

const methods = gfMethods.map((method) => ({ value: method, label: method }));

/** Everything of a request: which device and resource, the body, and what its header says. */
export function RequestBuilder({ source }: { readonly source: SourceOption }): ReactElement {
  const store = coapStore();
  const { draft, reveal, sending, refused } = useCoapSource(source.id, (state) => state);
  const tree = store.treeOf(source.id);
  useModel(tree.notifier);
  const [open, setOpen] = useState(false);
  const errorId = useId();
  const envelopeId = useId();
  const problems = problemsOf(draft);
  const strict = strictProblems(draft);
  const edit = (change: Parameters<typeof store.edit>[1]): void => store.edit(source.id, change);
  const hidden = problems.timeout ?? problems.requestId ?? problems.namespace;
  const send = async (): Promise<void> => {
    if (!source.live) return;
    // What is wrong must be in sight.
    if (hidden !== undefined) setOpen(true);
    await store.send(source.id);
  };
  useCommands([
    {
      id: 'coap.send',
      title: 'Send the request',
      group: 'CoAP',
      place: 'coap',
      view: 'mqtt',
      shortcut: 'Mod+Enter',
      keywords: 'request get put post delete',
      when: () => source.live,
      run: send,
    },
  ]);
  const bodyError = reveal || draft.body.trim() !== '' ? problems.body : undefined;
  return (
    <form
      className={styles.builder}
      aria-label="Request to a device"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div className={styles.line}>
        <TextField
          className={styles.device}
          label="Device"
          mono
          value={draft.target}
          onChange={(target) => edit({ target })}
          error={reveal || draft.target !== '' ? problems.target : undefined}
          placeholder="2D_XX_0_9999"
        />
        <TextField
          className={styles.subsystem}
          label="Subsystem"
          mono
          value={draft.subsystem}
          onChange={(subsystem) => edit({ subsystem })}
          error={reveal || draft.subsystem !== '' ? problems.subsystem : undefined}
          placeholder="axuv"
        />
        <TextField
          className={styles.path}
          label="Path"
          mono
          value={draft.path}
          onChange={(path) => edit({ path })}
          error={reveal || draft.path !== '' ? problems.path : undefined}
          placeholder="gains"
        />
        <span className={styles.send}>
          <Tooltip text={source.live ? `Send over ${source.name}` : `${source.name} is ${source.state}`} shortcut="Mod+Enter" side="top">
            <Button type="submit" variant="primary" icon={<Play size={14} aria-hidden />} busy={sending} disabled={!source.live}>
              Send
            </Button>
          </Tooltip>
        </span>
      </div>
      <div className={styles.line}>
        <SegmentedControl size="small" label="Method" value={draft.method} onChange={(method) => edit({ method })} segments={methods} />
        <span className={styles.note} />
        <CopyMenu source={source} />
      </div>
      <SourceDown source={source} done="sent" short={tree.totals.serviceCount === 0} />
      {refused && (
        <Banner inset kind="bad" title={refused.message}>
          {refused.advice}
        </Banner>
      )}
      {strict.length > 0 && (
        <Banner inset kind="warn" title="The validator of gf_mqtt_client refuses this request, and it is sent all the same">
          {strict.join(' ')}
        </Banner>
      )}
      <div className={styles.body} role="group" aria-label="Body" aria-describedby={bodyError === undefined ? undefined : errorId}>
        <div className={styles.editor} data-invalid={bodyError === undefined ? undefined : true}>
          <CodeView label="Body as JSON; empty stands for none" value={draft.body} language="json" onChange={(body) => edit({ body })} />
          {draft.body === '' && (
            <span className={styles.placeholder} aria-hidden>
              no body – or JSON: 21.5, &quot;text&quot;, [0, 1], {'{ "a": 1 }'}
            </span>
          )}
        </div>
        <p id={errorId} className={styles.error} role="status">
          {bodyError !== undefined && (
            <>
              <CircleAlert size={12} aria-hidden /> {bodyError}
            </>
          )}
        </p>
      </div>
      <div className={styles.envelope}>
        <button
          type="button"
          className={styles.disclosure}
          aria-expanded={open}
          aria-controls={envelopeId}
          data-invalid={hidden === undefined ? undefined : true}
          onClick={() => setOpen(!open)}
        >
          <ChevronRight size={13} aria-hidden className={styles.arrow} />
          Header and delivery
          <span className={styles.summary}>{envelopeWords(draft)}</span>
        </button>
        {open && <EnvelopeFields id={envelopeId} draft={draft} problems={problems} onChange={edit} />}
      </div>
    </form>
  );
}

/** The request in other words, for where there is no workbench. */
function CopyMenu({ source }: { readonly source: SourceOption }): ReactElement {
  const draft = useCoapSource(source.id, (state) => state.draft);
  const url = useBrokerUrl(source);
  const isWhole = Object.keys(problemsOf(draft)).length === 0;
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
        entry('JSON', 'topic and payload', () => asJsonNow(draft)),
        entry('Command line', 'mqtt-workbench request', () => asCommand(draft, url)),
        entry('Python, async', 'gf_mqtt_client', () => asPython(draft, url, 'async')),
        entry('Python, sync', 'gf_mqtt_client', () => asPython(draft, url, 'sync')),
      ]}
    />
  );
}

const asJsonNow = (draft: RequestDraft): string => asJson(draft, Date.now(), 'mqtt-workbench', newId());

/** Where a program finds the broker of a source. */
function useBrokerUrl(source: SourceOption): string {
  const listeners = useBrokerStatus()?.listeners;
  const profiles = useConnections()?.profiles;
  const connection = connectionOf(source.id);
  const local = listeners?.find(({ kind }) => kind === 'tcp')?.url;
  return (connection === null ? local : profiles?.find(({ id }) => id === connection)?.uri) ?? 'mqtt://127.0.0.1:1883';
}
