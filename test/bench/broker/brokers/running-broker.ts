import { processorSeconds } from '../process-facts.ts';

/** Ours: nobody looks; every message is recorded; also who got it; also every packet. */
const ownNames = ['tap off', 'tap on', 'trace on', 'packet tap on'] as const;
export const brokerNames = ['mosquitto', 'plain aedes', ...ownNames] as const;
/** Our core alone, and with one feature each: what that costs. */
export const costNames = [
  'bare core',
  'access, 0 rules',
  'access, 10 rules',
  'access, 1,000 rules',
  'limits on',
  'handler elsewhere',
  'handler observes',
  'handler changes',
] as const;
export type CostName = (typeof costNames)[number];
export type BrokerName = (typeof brokerNames)[number] | CostName;

export function isCost(name: BrokerName): name is CostName {
  return (costNames as readonly string[]).includes(name);
}

/** A broker that was just started in a process of its own, and listens on the loopback interface. */
export interface RunningBroker {
  readonly name: BrokerName;
  readonly port: number;
  readonly pid: number;
  /** Messages the tap's reader was given, and those it was too slow for. */
  tapped(): Promise<TapFacts>;
  close(): Promise<void>;
}

export interface TapFacts {
  readonly tapped: number;
  readonly dropped: number;
  /** Of the packet tap. */
  readonly packetsLost: number;
}

export const noTap: TapFacts = { tapped: 0, dropped: 0, packetsLost: 0 };

/**
 * Processor seconds the broker has used. Those on Node run in a worker: what their main thread does is not theirs (it reads the tap, as the engine
 * does), the threads that collect garbage are.
 */
export function brokerSeconds({ name, pid }: RunningBroker): number | null {
  const all = processorSeconds(pid, null);
  if (name === 'mosquitto' || all === null) return all;
  return all - (processorSeconds(pid, pid) ?? 0);
}
