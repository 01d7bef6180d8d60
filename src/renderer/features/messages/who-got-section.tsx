import { ListPlus } from 'lucide-react';
import { useEffect, useId, useMemo, useState, type ReactElement } from 'react';
import type { HandlerDeed, MessageTrace, TracedReceiver } from '../../../shared/contract/broker-inside.ts';
import { engineClient } from '../../data/index.ts';
import { Badge, StatusDot } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Switch } from '../../ui/switch.tsx';
import { browserPacing, formatCount, jumpToNewRule, plural, useBrokerStatus, useFirst, useModel } from '../common/index.ts';
import { qosWords, receiverWords, sortReceivers } from './trace-words.ts';
import { pageTracing } from './tracing.ts';
import styles from './who-got.module.css';
import { whoGotMessage, WhoGotModel, whoGotNumber, type WhoGotTarget } from './who-got.ts';

/** The same of a message of the history that stays. */
export function WhoGotMessage({ id }: { readonly id: number }): ReactElement {
  return <WhoGotSection target={useMemo(() => whoGotMessage(id), [id])} />;
}

/** The same of a message that the broker holds. */
export function WhoGotHeld({ number }: { readonly number: number }): ReactElement {
  return <WhoGotSection target={useMemo(() => whoGotNumber(number), [number])} />;
}

/** Who got a message of the local broker, and who did not, and why. */
export function WhoGotSection({ target }: { readonly target: WhoGotTarget }): ReactElement {
  const titleId = useId();
  const tracing = pageTracing();
  useModel(tracing.notifier);
  const engine = useBrokerStatus()?.engine;
  const [model, setModel] = useState<WhoGotModel | null>(null);
  useEffect(() => {
    const opened = new WhoGotModel(engineClient(), target, tracing, browserPacing);
    setModel(opened);
    return () => opened.close();
  }, [target, tracing]);
  const lost = tracing.status?.lost ?? 0;
  return (
    <section aria-labelledby={titleId}>
      <div className={styles.head}>
        <h3 id={titleId} className={styles.title}>
          Who got it
        </h3>
        {engine !== 'aedes' && <Switch label="Tracing" checked={tracing.isOn} onChange={(on) => tracing.set(on)} />}
      </div>
      {engine === 'aedes' ? (
        <p className={styles.note}>The engine aedes does not tell who gets a message. The workbench’s own engine does; choose it on the Broker page.</p>
      ) : (
        model && <WhoGot model={model} isOn={tracing.isOn} isActive={tracing.status?.active === true} />
      )}
      {lost > 0 && <p className={styles.note}>{plural(lost, 'event')} came too fast to be traced: something may be missing here.</p>}
    </section>
  );
}

function WhoGot({ model, isOn, isActive }: { readonly model: WhoGotModel; readonly isOn: boolean; readonly isActive: boolean }): ReactElement | null {
  useModel(model.notifier);
  const { trace } = model;
  if (trace) return <Receivers trace={trace} />;
  if (!isOn) return <p className={styles.note}>Tracing is off. Switch it on to see who gets the messages that are published from then on.</p>;
  if (!isActive) return <p className={styles.note}>Tracing begins as soon as the broker has heard of it.</p>;
  return trace === null ? (
    <p className={styles.note}>This message was not traced: it came before tracing was on, or its trace is too old. The next one on this topic will be.</p>
  ) : null;
}

const deeds = {
  changed: 'changed',
  answered: 'answered on',
  dropped: 'dropped it',
  refused: 'refused it',
  made: 'sent it',
  failed: 'failed',
} as const;

/** What handlers of the broker did to it, or which of them made it. */
function Deeds({ deeds: all }: { readonly deeds: readonly HandlerDeed[] }): ReactElement {
  return (
    <ul className={styles.list} aria-label="Handlers">
      {all.map(({ handler, did, about }, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- one handler may have done several things, in this order
        <li key={at} className={styles.receiver}>
          <span className={styles.dot}>
            <StatusDot tone={did === 'failed' ? 'bad' : did === 'dropped' || did === 'refused' ? 'warn' : 'ok'} />
          </span>
          <div className={styles.about}>
            <div className={styles.words} data-tone={did === 'failed' ? 'bad' : 'ok'} data-selectable>
              Handler “{handler}” {deeds[did]}
              {about !== '' && (did === 'changed' || did === 'answered' || did === 'made' ? ` ${about}` : `: ${about}`)}
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Receivers({ trace }: { readonly trace: MessageTrace }): ReactElement {
  const { handlers } = trace;
  return (
    <>
      {handlers && <Deeds deeds={handlers} />}
      <Got trace={trace} />
    </>
  );
}

function Got({ trace }: { readonly trace: MessageTrace }): ReactElement {
  const { receivers, omitted, routedAtUs, packetId, handlers } = trace;
  const sorted = useMemo(() => sortReceivers(receivers), [receivers]);
  const { shown, more } = useFirst(sorted, 50);
  const got = receivers.filter(({ state }) => state === 'written').length;
  const stopped = handlers?.some(({ did }) => did === 'dropped' || did === 'refused') === true;
  if (receivers.length === 0)
    return <p className={styles.note}>{stopped ? 'Nobody: a handler held it back.' : 'Nobody: no subscription matched its topic.'}</p>;
  return (
    <>
      <p className={styles.summary}>
        {got === 0 ? 'Sent to nobody' : `Sent to ${plural(got, 'client')}`}
        {packetId > 0 && `, published with packet id ${packetId}`}
      </p>
      <ul className={styles.list} aria-label="Receivers">
        {shown.map((receiver, at) => (
          // A client may get the same message more than once, and the order changes with what happens.
          // oxlint-disable-next-line react/no-array-index-key
          <Receiver key={`${at} ${receiver.clientId ?? ''}`} receiver={receiver} routedAtUs={routedAtUs} />
        ))}
      </ul>
      {more}
      {omitted > 0 && <p className={styles.note}>and {formatCount(omitted)} more, which are not listed</p>}
    </>
  );
}

const causes = { published: null, retained: 'retained, for a new subscription', 'handed-over': 'taken over from another member' } as const;

function Receiver({ receiver, routedAtUs }: { readonly receiver: TracedReceiver; readonly routedAtUs: number }): ReactElement {
  const { clientId, filters, group, cause, state } = receiver;
  const { tone, text, title } = receiverWords(receiver, routedAtUs);
  return (
    <li className={styles.receiver}>
      <span className={styles.dot}>
        <StatusDot tone={tone} />
      </span>
      <div className={styles.about}>
        <div className={styles.line}>
          <span className={styles.client} title={clientId ?? undefined} data-selectable>
            {clientId ?? 'nobody'}
          </span>
          <Badge title="Quality of service of the delivery, and of the subscription where it allows more">{qosWords(receiver)}</Badge>
        </div>
        <div className={styles.words} data-tone={tone} title={title}>
          {text}
        </div>
        <div className={styles.detail}>
          {group !== null && <>group {group}, </>}
          {filters.map((filter, at) => (
            <span key={filter}>
              {at > 0 && ', '}
              <code data-selectable>{filter}</code>
            </span>
          ))}
          {causes[cause] !== null && <>, {causes[cause]}</>}
        </div>
        {state === 'not-authorised' && clientId !== null && filters[0] !== undefined && (
          <div>
            <Button
              size="small"
              icon={<ListPlus size={13} aria-hidden />}
              onClick={() => jumpToNewRule({ effect: 'allow', clientId, action: 'subscribe', filter: filters[0] ?? '' })}
            >
              Make a rule
            </Button>
          </div>
        )}
      </div>
    </li>
  );
}
