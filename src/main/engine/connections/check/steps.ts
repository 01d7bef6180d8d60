import {
  checkStepIds,
  type CheckStep,
  type CheckStepId,
  type ConnectionCheck,
  type PresentedCertificate,
} from '../../../../shared/contract/connection-check.ts';

export interface Finding {
  readonly message: string;
  readonly advice?: string | undefined;
  readonly code?: string | undefined;
  readonly details?: readonly string[];
}

const idle = (id: CheckStepId): CheckStep => ({ id, state: 'waiting', durationMs: null, message: null, advice: null, code: null, details: [] });

/** How far a check has come; tells of every change. */
export class CheckSteps {
  readonly #onChange: () => void;
  #steps: readonly CheckStep[] = checkStepIds.map(idle);
  #startedAt = 0;
  #certificates: readonly PresentedCertificate[] = [];
  #done = false;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  view(): ConnectionCheck {
    return { steps: this.#steps, certificates: this.#certificates, done: this.#done };
  }

  start(id: CheckStepId): void {
    this.#startedAt = performance.now();
    this.#set(id, { state: 'running' });
  }

  end(id: CheckStepId, state: 'passed' | 'warned' | 'failed', { message, advice = '', code = '', details = [] }: Finding): void {
    this.#set(id, { state, durationMs: performance.now() - this.#startedAt, message, advice: advice || null, code: code || null, details });
  }

  skip(id: CheckStepId, message: string): void {
    this.#set(id, { state: 'skipped', message });
  }

  present(certificates: readonly PresentedCertificate[]): void {
    this.#certificates = certificates;
    this.#onChange();
  }

  finish(): void {
    this.#done = true;
    this.#onChange();
  }

  #set(id: CheckStepId, change: Partial<CheckStep>): void {
    this.#steps = this.#steps.map((step) => (step.id === id ? { ...step, ...change } : step));
    this.#onChange();
  }
}
