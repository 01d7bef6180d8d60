import { accessOf, type AccessRules, type ClientAccess, type Principal } from '../../../../shared/broker/access/access-rules.ts';

/** Topics whose answers are kept for each client; one that publishes to ever new ones starts again. */
const mostTopics = 500;

/** What the rules say to one client, remembered by topic. */
export class ClientRights {
  readonly access: ClientAccess;
  #publish: Map<string, boolean> | null = null;
  #receive: Map<string, boolean> | null = null;

  constructor(rules: AccessRules, principal: Principal) {
    this.access = accessOf(rules, principal);
  }

  mayPublish(topic: string): boolean {
    const known = (this.#publish ??= new Map());
    return known.get(topic) ?? remember(known, topic, this.access.publish(topic).allowed);
  }

  mayReceive(topic: string): boolean {
    const known = (this.#receive ??= new Map());
    return known.get(topic) ?? remember(known, topic, this.access.receive(topic).allowed);
  }
}

function remember(known: Map<string, boolean>, topic: string, allowed: boolean): boolean {
  if (known.size >= mostTopics) known.clear();
  known.set(topic, allowed);
  return allowed;
}
