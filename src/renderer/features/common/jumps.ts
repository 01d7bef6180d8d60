import type { AccessRule } from '../../../shared/broker/access/access-rules.ts';
import type { SourceId } from '../../../shared/contract/common.ts';

/** Ways from what one feature shows to what another does: features do not know each other, `features/index.tsx` knows them all. */
export interface Jumps {
  /** Opens a call in the list of calls. */
  readonly toCall: (source: SourceId, id: number) => void;
  /** Opens a message of the history in its topic. */
  readonly toMessage: (source: SourceId, topic: string, id: number) => void;
  /** Opens the form of a new rule of the local broker, filled in with this one. */
  readonly toNewRule: (rule: AccessRule) => void;
  /** Draws the ways of messages of the history across clients, from their packets. */
  readonly toSequence: (source: SourceId, messages: readonly number[], title: string) => void;
}

let ways: Jumps | undefined;

export function offerJumps(jumps: Jumps): void {
  ways = jumps;
}

export const jumpToCall: Jumps['toCall'] = (source, id) => ways?.toCall(source, id);
export const jumpToNewRule: Jumps['toNewRule'] = (rule) => ways?.toNewRule(rule);
export const jumpToMessage: Jumps['toMessage'] = (source, topic, id) => ways?.toMessage(source, topic, id);
export const jumpToSequence: Jumps['toSequence'] = (source, messages, title) => ways?.toSequence(source, messages, title);
