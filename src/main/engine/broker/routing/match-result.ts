import type { SessionMatch } from './session-match.ts';
import type { SharedGroup } from './shared-groups.ts';

/** Who gets messages of one topic. Immutable, shared between topics and callers, true until the next change of a subscription. */
export class MatchResult<S> {
  /** Each session once; shared subscriptions aside. */
  readonly sessions: readonly SessionMatch<S>[];
  /** Each delivers to exactly one member, asked for with `pick` at the moment of delivery. */
  readonly groups: readonly SharedGroup<S>[];
  /** Roughly the memory it alone holds, in bytes. */
  readonly weight: number;

  constructor(sessions: readonly SessionMatch<S>[], groups: readonly SharedGroup<S>[], weight: number) {
    this.sessions = sessions;
    this.groups = groups;
    this.weight = weight;
  }
}
