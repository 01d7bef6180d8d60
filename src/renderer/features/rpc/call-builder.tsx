import { BookmarkPlus, Play } from 'lucide-react';
import { useId, type ReactElement } from 'react';
import { useCommands } from '../../app/commands.ts';
import type { RpcMethodDetail } from '../../../shared/contract/rpc.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { useModel, type SourceOption } from '../common/index.ts';
import { SourceDown } from '../connections/index.ts';
import { EnvironmentPicker, UnknownVariables } from '../environments/index.ts';
import { autoWords, useAutoDialect } from './auto-dialect.ts';
import { callLabel, planProblems, toBatchInput, type CallMode } from './batch-plan.ts';
import { problemsOf, requestTopic, textsOf, type CallDraft } from './call-draft.ts';
import { CallOptions } from './call-options.tsx';
import { formFields } from './params-form.ts';
import { ParamsEditor } from './params-editor.tsx';
import { ParamsForm } from './params-form-view.tsx';
import { useDialectWords } from './own-dialects.ts';
import { PeersField } from './peers-field.tsx';
import { PlanFields } from './plan-fields.tsx';
import { batchStore, rpcStore, useBatchState, useRpcState, useSourceState, useVariables } from './rpc-model.ts';
import { savableDraft, useSaveCall } from './saved-call.ts';
import { hasBraces, hintText, variableHints } from './variables.ts';
import styles from './call-builder.module.css';

const callModes: readonly { readonly value: CallMode; readonly label: string }[] = [
  { value: 'once', label: 'Once' },
  { value: 'repeat', label: 'Repeat' },
  { value: 'fan-out', label: 'Many peers' },
];

const modes = [
  { value: 'json', label: 'JSON' },
  { value: 'form', label: 'Form' },
] as const;

/** What to know about the draft, in a few words. */
function noteOf(draft: CallDraft, hasForm: boolean, paramsSeen: boolean, toMany: boolean): string {
  if (draft.dialect === 'mqtt5' && draft.topic !== '' && !toMany) return `Goes to ${requestTopic(draft)}`;
  if (draft.paramsFrom === 'offered') return 'From the last call that was seen';
  return hasForm || paramsSeen || draft.method === '' ? '' : 'A form is there once params of this method were seen.';
}

interface CallBuilderProps {
  readonly source: SourceOption;
  /** What is known of the method that stands in the builder. */
  readonly detail: RpcMethodDetail | null;
}

/** Everything of a call: where it goes, its params, and how long to wait. */
export function CallBuilder({ source, detail }: CallBuilderProps): ReactElement {
  const store = rpcStore();
  const { draft, reveal: revealDraft, calling, refused: callRefused } = useSourceState(source.id, (state) => state);
  const batch = useBatchState(source.id, (state) => state);
  const tree = store.treeOf(source.id);
  useModel(tree.notifier);
  const { mode, plan } = batch;
  const reveal = revealDraft || batch.reveal;
  const refused = mode === 'once' ? callRefused : batch.refused;
  const wrongPlan = planProblems(mode, plan);
  const wantsForm = useRpcState((state) => state.asForm);
  const choice = useAutoDialect(source.id, draft);
  const { name, options } = useDialectWords();
  const variables = useVariables();
  const problems = problemsOf(draft, variables);
  const hints = variables ? variableHints(textsOf(draft), variables) : [];
  const fields = formFields(detail?.paramsSchema ?? null);
  const errorId = useId();
  const edit = (change: Parameters<typeof store.edit>[1]): void => store.edit(source.id, change);
  const send = async (): Promise<void> => {
    if (!source.live) return;
    if (mode === 'once') await store.call(source.id, variables);
    else await batchStore().start(source.id, (mode, plan) => toBatchInput(source.id, draft, mode, plan, variables));
  };
  const saveCall = useSaveCall();
  const savable = saveCall !== null && draft.topic !== '';
  const keep = (): void => saveCall?.(savableDraft(draft));
  useCommands([
    {
      id: 'rpc.call',
      title: 'Call the method',
      group: 'RPC',
      place: 'rpc',
      shortcut: 'Mod+Enter',
      keywords: 'send request',
      when: () => source.live,
      run: send,
    },
    {
      id: 'rpc.saveCall',
      title: 'Save the call into a collection …',
      group: 'RPC',
      place: 'rpc',
      view: 'calls',
      shortcut: 'Mod+S',
      keywords: 'keep request test',
      when: () => savable,
      run: keep,
    },
  ]);
  const paramsError = reveal || draft.params.trim() !== '' ? problems.params : undefined;

  return (
    <form
      className={styles.builder}
      aria-label="Call a method"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div className={styles.line}>
        <Select
          className={styles.dialect}
          label="Dialect"
          value={draft.auto ? 'auto' : draft.dialect}
          onChange={(dialect) => {
            if (dialect === 'manage') store.manageDialects(true);
            else edit(dialect === 'auto' ? { auto: true } : { dialect, auto: false });
          }}
          options={[{ value: 'auto', label: 'Auto', detail: 'as heard on the topic' }, ...options, { value: 'manage', label: 'Own dialects …' }]}
        />
        {mode === 'fan-out' ? (
          <PeersField
            className={styles.topic}
            source={source}
            draft={draft}
            peers={plan.peers}
            onChange={(peers) => batchStore().edit(source.id, { peers })}
            error={reveal || plan.peers !== '' ? wrongPlan.peers : undefined}
          />
        ) : (
          <TextField
            className={styles.topic}
            label="Topic"
            mono
            value={draft.topic}
            onChange={(topic) => edit({ topic })}
            error={reveal || draft.topic !== '' ? problems.topic : undefined}
            placeholder="edge/device_123"
          />
        )}
        <TextField
          className={styles.method}
          label="Method"
          mono
          value={draft.method}
          onChange={(method) => edit({ method })}
          error={reveal || hasBraces(draft.method) ? problems.method : undefined}
          placeholder="get_status"
        />
        <span className={styles.send}>
          <Tooltip text={source.live ? `Call over ${source.name}` : `${source.name} is ${source.state}`} shortcut="Mod+Enter" side="top">
            <Button type="submit" variant="primary" icon={<Play size={14} aria-hidden />} busy={calling || batch.starting} disabled={!source.live}>
              {callLabel(mode, plan)}
            </Button>
          </Tooltip>
        </span>
      </div>
      <SourceDown source={source} done="called" short={tree.totals.serviceCount === 0} />
      {choice && (
        <p className={styles.auto} role="status" title={autoWords(choice, name)}>
          Auto: {autoWords(choice, name)}
        </p>
      )}
      <div className={styles.paramsLine}>
        <span className={styles.label}>Params</span>
        <SegmentedControl
          size="small"
          label="Write the params as"
          value={wantsForm && fields ? 'form' : 'json'}
          onChange={(mode) => store.setAsForm(mode === 'form')}
          segments={modes.map((mode) => ({ ...mode, disabled: mode.value === 'form' && !fields }))}
        />
        {saveCall && (
          <IconButton
            size="small"
            label="Save the call into a collection …"
            shortcut="Mod+S"
            icon={<BookmarkPlus size={15} aria-hidden />}
            disabled={!savable}
            onClick={keep}
          />
        )}
        <EnvironmentPicker />
        <span className={styles.note} role="status">
          {noteOf(draft, fields !== null, (detail?.paramsSchema ?? null) !== null, mode === 'fan-out')}
        </span>
        <SegmentedControl size="small" label="How often" value={mode} onChange={(next) => batchStore().setMode(source.id, next)} segments={callModes} />
      </div>
      {hints.length > 0 && (
        <p className={styles.auto} role="status" title={hintText(hints)}>
          Now: {hintText(hints)}
        </p>
      )}
      {mode !== 'once' && <PlanFields mode={mode} plan={plan} problems={wrongPlan} onChange={(change) => batchStore().edit(source.id, change)} />}
      <UnknownVariables texts={textsOf(draft)} known={[]} elsewhere="">
        Nothing is sent as long as there is no value.
      </UnknownVariables>
      {refused && (
        <Banner inset kind="bad" title={refused.message}>
          {refused.advice}
        </Banner>
      )}
      {wantsForm && fields ? (
        <ParamsForm fields={fields} text={draft.params} onChange={(params) => edit({ params })} onShowJson={() => store.setAsForm(false)} />
      ) : (
        <ParamsEditor
          text={draft.params}
          schema={detail?.paramsSchema ?? null}
          seen={detail?.paramsOrigin === 'seen'}
          onChange={(params) => edit({ params })}
          error={paramsError}
          errorId={errorId}
        />
      )}
      <CallOptions source={source.id} draft={draft} problems={problems} onChange={edit} />
    </form>
  );
}
