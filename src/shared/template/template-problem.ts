/** What is wrong with a template, and where. */
export interface TemplateProblem {
  /** A sentence. */
  readonly problem: string;
  /** What to do about it, in a sentence. */
  readonly advice: string;
  /** Offset in the text of the template, in UTF-16 units. */
  readonly at: number;
  /** Of the part that is wrong, in UTF-16 units; at least 1 unless the text ends there. */
  readonly length: number;
}

/** Thrown inside this folder only. */
export class TemplateFault extends Error {
  readonly advice: string;
  readonly at: number;
  readonly length: number;

  constructor(problem: string, advice: string, at: number, length: number) {
    super(problem);
    this.advice = advice;
    this.at = at;
    this.length = length;
  }
}

/** Runs `fill`; what it finds wrong becomes the result. */
export function orProblem<T>(fill: () => T): T | TemplateProblem {
  try {
    return fill();
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    return { problem: error.message, advice: error.advice, at: error.at, length: error.length };
  }
}
