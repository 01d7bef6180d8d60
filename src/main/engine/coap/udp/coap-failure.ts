/** Why a request has no response. All are found on this side: nothing was received that says so, apart from a Reset. */
export type CoapFailureKind = 'no-acknowledgement' | 'no-response' | 'reset' | 'unreachable' | 'bad-response' | 'too-large' | 'cancelled';

export class CoapFailure extends Error {
  readonly kind: CoapFailureKind;
  readonly advice: string;

  constructor(kind: CoapFailureKind, message: string, advice: string) {
    super(message);
    this.name = 'CoapFailure';
    this.kind = kind;
    this.advice = advice;
  }
}
