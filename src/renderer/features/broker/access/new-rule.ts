import type { AccessRule } from '../../../../shared/broker/access/access-rules.ts';
import { showBroker } from '../broker-views.ts';
import { accessStore } from './access-store.ts';

/** Opens the form of a rule that would come first, so that it decides: to allow what was denied somewhere. */
export function newAccessRule(rule: AccessRule): void {
  showBroker('access');
  // A rule is about topics, not about who of a group gets a message.
  accessStore().openNew({ ...rule, filter: rule.filter.replace(/^\$share\/[^/]*\//, '') }, 0);
}
