import { BookmarkPlus, ChevronRight, Play } from 'lucide-react';
import { useId, useState, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import { gfMethods } from '../../../../shared/coap/gf/message.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { useModel, type SourceOption } from '../../common/index.ts';
import { SourceDown } from '../../connections/index.ts';
import { EnvironmentPicker, UnknownVariables } from '../../environments/index.ts';
import { hintText, PeersField, useBatch, useSaveCall, useVariables, variableHints, type CallMode } from '../../rpc/index.ts';
import { BatchFields, BatchLines } from './batch-fields.tsx';
import { batchProblems, devicesForm, sendLabel } from './batch-plan.ts';
import { BodyField } from './body-field.tsx';
import { coapStore, useCoapSource } from './coap-model.ts';
import { CopyMenu } from './copy-menu.tsx';
import { EnvelopeFields, envelopeWords } from './envelope-fields.tsx';
import { filledFieldsOf, methodName, problemsOf, savableRequest, strictProblems, textsOf } from './request-draft.ts';
import { DeviceFields, PathField } from './target-fields.tsx';
import styles from './request-builder.module.css';

const methods = gfMethods.map((method) => ({ value: method, label: method }));

const modes: readonly { readonly value: CallMode; readonly label: string }[] = [
  { value: 'once', label: 'Once' },
  { value: 'repeat', label: 'Repeat' },
  { value: 'fan-out', label: 'Many devices' },
  { value: 'requests', label: 'Batch' },
];

/** Everything of a request: which device and resource, the body, what its header says, and how often it is sent. */
export function RequestBuilder({ source }: { readonly source: SourceOption }): ReactElement {
  const store = coapStore();
  const { draft, reveal: revealDraft, sending, refused: notSent, lines } = useCoapSource(source.id, (state) => state);
  const batch = useBatch(source.id, (state) => state);
  const { mode, plan } = batch;
  const variables = useVariables();
  const tree = store.treeOf(source.id);
  useModel(tree.notifier);
  const [open, setOpen] = useState(false);
  const envelopeId = useId();
  const reveal = revealDraft || batch.reveal;
  const refused = mode === 'once' ? notSent : batch.refused;
  const texts = textsOf(draft);
  const hints = variables ? variableHints(texts, variables) : [];
  const wrongPlan = batchProblems(draft, mode, plan, lines, variables);
  const own = problemsOf(draft, variables);
  const problems = wrongPlan.requestId === undefined ? own : { ...own, requestId: wrongPlan.requestId };
  // A batch is made of what was collected: what stands in the builder is only the next request.
  const shown = mode === 'requests' ? reveal && lines.length === 0 : reveal;
  const strict = strictProblems(filledFieldsOf(draft, variables).draft);
  const edit = (change: Parameters<typeof store.edit>[1]): void => store.edit(source.id, change);
  const hidden = problems.timeout ?? problems.requestId ?? problems.namespace ?? problems.token ?? problems.correlationId ?? problems.callerId;
  const send = async (): Promise<void> => {
    if (!source.live) return;
    // What is wrong must be in sight.
    if (hidden !== undefined) setOpen(true);
    await store.send(source.id, variables);
  };
  const saveCall = useSaveCall();
  const savable = saveCall !== null && draft.target !== '' && draft.subsystem !== '' && draft.path !== '';
  const keep = (): void => saveCall?.(savableRequest(draft));
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
    {
      id: 'coap.saveRequest',
      title: 'Save the request into a collection …',
      group: 'CoAP',
      place: 'coap',
      view: 'mqtt',
      shortcut: 'Mod+S',
      keywords: 'keep test',
      when: () => savable,
      run: keep,
    },
  ]);
  const fields = { draft, problems, reveal: shown, onChange: edit };
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
        {mode === 'fan-out' ? (
          <PeersField
            className={styles.devices}
            source={source}
            draft={{ dialect: 'gf', auto: false, method: draft.path === '' ? '' : methodName(draft) }}
            form={devicesForm(draft)}
            peers={plan.peers}
            onChange={(peers) => store.batches.edit(source.id, { peers })}
            error={reveal || plan.peers !== '' ? wrongPlan.peers : undefined}
          />
        ) : (
          <DeviceFields {...fields} />
        )}
        <PathField {...fields} />
        <span className={styles.send}>
          <Tooltip text={source.live ? `Send over ${source.name}` : `${source.name} is ${source.state}`} shortcut="Mod+Enter" side="top">
            <Button type="submit" variant="primary" icon={<Play size={14} aria-hidden />} busy={sending || batch.starting} disabled={!source.live}>
              {sendLabel(mode, plan, draft, lines)}
            </Button>
          </Tooltip>
        </span>
      </div>
      <div className={styles.tools}>
        <SegmentedControl size="small" label="Method" value={draft.method} onChange={(method) => edit({ method })} segments={methods} />
        {saveCall && (
          <IconButton
            size="small"
            label="Save the request into a collection …"
            shortcut="Mod+S"
            icon={<BookmarkPlus size={15} aria-hidden />}
            disabled={!savable}
            onClick={keep}
          />
        )}
        <EnvironmentPicker />
        <CopyMenu source={source} draft={draft} variables={variables} disabled={Object.keys(own).length > 0} />
        <span className={styles.note} />
        <SegmentedControl size="small" label="How often" value={mode} onChange={(next) => store.batches.setMode(source.id, next)} segments={modes} />
      </div>
      <SourceDown source={source} done="sent" short={tree.totals.serviceCount === 0} />
      {hints.length > 0 && (
        <p className={styles.hints} role="status" title={hintText(hints)}>
          Now: {hintText(hints)}
        </p>
      )}
      {mode !== 'once' && <BatchFields source={source} mode={mode} problems={wrongPlan} />}
      <UnknownVariables texts={texts} known={[]} elsewhere="">
        Nothing is sent as long as there is no value.
      </UnknownVariables>
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
      <BodyField draft={draft} variables={variables} error={shown || draft.body.trim() !== '' ? problems.body : undefined} onChange={edit} />
      {mode === 'requests' && (
        <BatchLines source={source} problem={reveal || lines.length > 0 ? wrongPlan.lines : undefined} canAdd={Object.keys(own).length === 0} />
      )}
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
