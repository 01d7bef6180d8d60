import { createContext, useContext } from 'react';
import type { CallDetail, DialectId } from '../../../shared/contract/rpc.ts';
import { escapeBracesInJson } from '../../../shared/template/index.ts';
import { builderDraftOf, propertiesOf, type CallDraft, type CallInput } from './call-draft.ts';
import { paramsText } from './params-form.ts';

/** A call as it can be kept to be made again. */
export interface SavableCall {
  readonly dialect: DialectId | 'auto';
  readonly topic: string;
  readonly method: string;
  /** As JSON text; empty stands for none. */
  readonly params: string;
  readonly timeoutMs: number | null;
  /** Empty: chosen by the workbench. */
  readonly replyTo: string;
  readonly callerId: string;
  /** Headers of MQTT 5. */
  readonly properties: CallInput['properties'];
  /** Of a request of gf_mqtt_client. */
  readonly envelope?: CallInput['envelope'];
}

type SaveCall = (call: SavableCall) => void;

const SaveCallContext = createContext<SaveCall | null>(null);
export const SaveCallProvider = SaveCallContext.Provider;

/** What keeps a call for later, where the page has a place for that. */
export const useSaveCall = (): SaveCall | null => useContext(SaveCallContext);

export const savableDraft = ({ auto, dialect, topic, method, params, timeoutMs, replyTo, callerId, headers }: CallDraft): SavableCall => ({
  dialect: auto ? 'auto' : dialect,
  topic,
  method,
  params,
  timeoutMs,
  replyTo,
  callerId,
  properties: propertiesOf({ dialect, headers }),
});

/** A recorded call. Where its answer was sent, and what the caller called itself, is not for others to use. */
export const savableRecord = (call: CallDetail): SavableCall => ({
  ...savableDraft(builderDraftOf(call)),
  params: escapeBracesInJson(paramsText(call.params)),
  timeoutMs: call.own ? call.timeoutMs : null,
  replyTo: '',
  callerId: '',
});
