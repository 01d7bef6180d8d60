import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import type { MockDevice, MockMethodName, MockResource, TriedRequest } from '../../../../shared/contract/mock-devices.ts';
import { engineClient } from '../../../data/index.ts';
import { Badge } from '../../../ui/badge.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { plural, useAttempt } from '../../common/index.ts';
import { readParams, Tried, TriedValue, TryFrame } from '../../rpc/index.ts';
import { codeWords } from '../mqtt/response-facts.ts';
import { draftToTry, type ResourceDraft, type ResourceProblems } from './resource-draft.ts';
import { splitTarget } from './try-target.ts';
import styles from './try-request.module.css';

/** A template is worked out again so long after the last change. */
const previewMs = 300;

interface TryRequestProps {
  readonly device: MockDevice;
  readonly saved: MockResource;
  readonly draft: ResourceDraft;
  readonly problems: ResourceProblems | null;
  readonly method: MockMethodName;
}

/** Asks the resource as it is being written, without sending anything: path and body in; response, new state, console and error with its line out. */
export function TryRequest({ device: { id }, saved, draft, problems, method }: TryRequestProps): ReactElement {
  const [target, setTarget] = useState('');
  const [body, setBody] = useState('');
  const [callerId, setCallerId] = useState('');
  const { outcome, busy, begin, cancel, forget } = useAttempt<TriedRequest>();
  const read = readParams(body);
  const run = useCallback(async (): Promise<void> => {
    const given = readParams(body);
    if ('problem' in given) return;
    const resource = draftToTry(draft, problems, method);
    if ('problem' in resource) return begin(resource);
    const request = { method, ...splitTarget(target, draft.path), body: given.value as never, callerId };
    await begin((signal) => engineClient().call('mockDevices.tryRequest', { id, savedPath: saved.path, resource, request }, { signal }));
  }, [id, saved.path, draft, problems, method, target, body, callerId, begin]);
  const { kind, on } = draft.methods[method];
  const live = kind === 'template' && on;
  useEffect(() => {
    if (!live) return undefined;
    const timer = setTimeout(() => void run(), previewMs);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- problems are made anew with each rendering, from the draft
  }, [live, id, saved.path, draft, method, target, body, callerId]);
  // What another method or kind of answer came to says nothing about this one.
  useEffect(forget, [method, kind, on, forget]);
  useCommands([
    {
      id: 'mock.tryRequest',
      title: 'Try the answer of the mock device',
      group: 'CoAP',
      place: 'coap',
      view: 'mock',
      shortcut: 'Mod+Shift+Enter',
      keywords: 'run script',
      run,
    },
  ]);
  return (
    <TryFrame
      given="Body"
      text={body}
      onText={setBody}
      problem={'problem' in read ? read.problem : undefined}
      fields={
        <>
          <TextField
            className={styles['target']}
            label="Path to try"
            labelHidden
            size="small"
            mono
            placeholder={draft.path}
            maxLength={2000}
            value={target}
            onChange={setTarget}
          />
          <TextField
            className={styles['caller']}
            label="Caller id"
            labelHidden
            size="small"
            mono
            placeholder="caller id"
            maxLength={1000}
            value={callerId}
            onChange={setCallerId}
          />
        </>
      }
      tooltip={`Work the answer to ${method} out without sending anything`}
      busy={busy && !live}
      onRun={() => void run()}
      onCancel={cancel}
    >
      <Tried
        outcome={outcome}
        busy={busy && !live}
        note="The response stands here. Nothing is sent, no state changes, and faults are left out."
        show={showTried}
      />
    </TryFrame>
  );
}

function showTried(tried: TriedRequest): ReactElement {
  const { response, changes, totalChanges, place, console, elapsedMs } = tried;
  const { code, body, isTooLarge, location } = response;
  const { label, tone, meaning } = codeWords(code);
  const more = totalChanges - changes.length;
  return (
    <TriedValue
      title={
        <>
          <Badge tone={tone} title={meaning}>
            {label}
          </Badge>
          {location !== null && (
            <span className={styles['location']} title="Location of what was created">
              → {location}
            </span>
          )}
        </>
      }
      elapsedMs={elapsedMs}
      value={code >= 400 && typeof body === 'string' ? { error: body } : { json: isTooLarge ? '' : JSON.stringify(body, null, 2) }}
      place={place}
      console={console}
    >
      {isTooLarge && <p className={styles['note']}>The body has more than 1 MiB and is not shown.</p>}
      {changes.length > 0 && (
        <ul className={styles['changes']} aria-label="What it would change" tabIndex={0}>
          {changes.map(({ path, what, state }) => (
            <li key={path}>
              <span className={styles['what']}>{changeWords(path, what)}</span> {what !== 'deleted' && <code>{JSON.stringify(state)}</code>}
            </li>
          ))}
          {more > 0 && <li>{plural(more, 'more change')}</li>}
        </ul>
      )}
    </TriedValue>
  );
}

function changeWords(path: string, what: TriedRequest['changes'][number]['what']): string {
  if (what === 'deleted') return `/${path} would be deleted`;
  return `/${path} would be ${what === 'created' ? 'created as' : ''}`.trimEnd();
}
