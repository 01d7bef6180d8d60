import type { Check, CheckOutcome, Subject } from '../../../../shared/collections/check.ts';

export interface CheckRequest {
  readonly checks: readonly Check[];
  readonly subject: Omit<Subject, 'body'>;
  /** JSON text: numbers keep their digits on the way. */
  readonly body: string;
}

/** One for each check, in order. */
export interface CheckAnswer {
  readonly outcome: CheckOutcome;
}
