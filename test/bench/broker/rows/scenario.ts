import type { RunningBroker } from '../brokers/running-broker.ts';

/** What our broker is to reach with its tap on. `ratio`: to mosquitto in the same run, at least where more is better, at most where less is. */
export type Aim = { readonly ratio: number } | { readonly most: number };

export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  /** `null`: only for information. */
  readonly aim: Aim | null;
}

export interface Sample {
  readonly value: number;
  /** For rates: the same for a second of the broker's processor time. */
  readonly perProcessorSecond: number | null;
  /** Share of one processor that the broker used meanwhile. */
  readonly brokerShare: number | null;
  /** What a reader must know of this sample: losses, a load at its limit. */
  readonly remarks: readonly string[];
}

export interface Times {
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** Of 1, how large the sets are that are stored, subscribed and connected. */
  readonly scale: number;
}

/** One or several rows that are measured together, with a fresh broker. */
export interface Scenario {
  readonly rows: readonly Row[];
  /** A sample for each row, in order. */
  run(broker: RunningBroker, times: Times): Promise<readonly Sample[]>;
}

export function plainSample(value: number): Sample {
  return { value, perProcessorSecond: null, brokerShare: null, remarks: [] };
}
