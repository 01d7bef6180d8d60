import type { Session } from '../core/session.ts';

type Argument = string | number | Buffer;

/** Tells Redis how many members this broker has in each shared subscription. */
export class GroupWeights {
  readonly #touch: () => void;
  readonly #sharesOf = new Map<Session, Set<string>>();
  readonly #changed = new Set<string>();
  readonly #told = new Map<string, string>();
  #unwritten: readonly string[] = [];

  constructor(touch: () => void) {
    this.#touch = touch;
  }

  joined(session: Session, share: string): void {
    const shares = this.#sharesOf.get(session);
    if (shares === undefined) this.#sharesOf.set(session, new Set([share]));
    else shares.add(share);
    this.#change(share);
  }

  left(session: Session, share: string): void {
    this.#sharesOf.get(session)?.delete(share);
    this.#change(share);
  }

  /** What Redis has of it may not be so. */
  check(share: string): void {
    this.#change(share);
  }

  connectionChanged(session: Session): void {
    for (const share of this.#sharesOf.get(session) ?? []) this.#change(share);
  }

  gone(session: Session): void {
    this.connectionChanged(session);
    this.#sharesOf.delete(session);
  }

  /** Redis knows nothing of this broker. */
  again(): void {
    this.#told.clear();
    for (const shares of this.#sharesOf.values()) for (const share of shares) this.#changed.add(share);
    if (this.#changed.size > 0) this.#touch();
  }

  #change(share: string): void {
    this.#changed.add(share);
    this.#touch();
  }

  /** For the script; what it answers is to be called when they are written. */
  changes(out: Argument[]): () => void {
    this.#takeBack();
    if (this.#changed.size === 0) return () => undefined;
    const weights = new Map<string, { connected: number; all: number }>();
    for (const share of this.#changed) weights.set(share, { connected: 0, all: 0 });
    for (const [session, shares] of this.#sharesOf) {
      for (const share of shares) {
        const weight = weights.get(share);
        if (weight === undefined) continue;
        weight.all += 1;
        if (session.connection !== null) weight.connected += 1;
      }
    }
    const written = new Map<string, string>();
    for (const [share, { connected, all }] of weights) {
      const value = all === 0 ? '' : `${connected},${all}`;
      if (this.#told.get(share) === value) continue;
      written.set(share, value);
      out.push('G', share, value);
    }
    const taken = [...this.#changed];
    this.#changed.clear();
    // A batch that fails is made anew, from what stands here then.
    this.#unwritten = taken;
    return () => {
      this.#unwritten = [];
      for (const [share, value] of written) this.#told.set(share, value);
    };
  }

  #takeBack(): void {
    for (const share of this.#unwritten) this.#changed.add(share);
    this.#unwritten = [];
  }
}
