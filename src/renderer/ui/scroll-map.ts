/** Browsers cut elements off near 33.5 million pixels, half of it at 200 % zoom; far enough below that. */
export const maxScrollHeightPx = 10_000_000;

/**
 * Maps the position of a scroll bar to a place in content that may be taller than any element can be.
 * Small moves (wheel, keys) go pixel by pixel; a jump of the scroll bar lands in proportion. Up to the limit both are the same.
 */
export class ScrollMap {
  #contentPx = 0;
  #viewportPx = 0;
  #physicalPx = 0;
  #virtualPx = 0;

  /** What the scrolled element's height has to be. */
  get heightPx(): number {
    return Math.min(this.#contentPx, maxScrollHeightPx);
  }

  /** The place in the content at the top of the viewport. */
  get virtualPx(): number {
    return this.#virtualPx;
  }

  get physicalPx(): number {
    return this.#physicalPx;
  }

  get #scaled(): boolean {
    return this.#contentPx > maxScrollHeightPx;
  }

  get #virtualRangePx(): number {
    return Math.max(0, this.#contentPx - this.#viewportPx);
  }

  get #physicalRangePx(): number {
    return Math.max(0, this.heightPx - this.#viewportPx);
  }

  /** New sizes. Returns the scroll position the element should take when it differs from the present one. */
  resize(contentPx: number, viewportPx: number): number | undefined {
    this.#contentPx = contentPx;
    this.#viewportPx = viewportPx;
    this.#virtualPx = Math.min(this.#virtualPx, this.#virtualRangePx);
    return this.settle();
  }

  /** The element was scrolled to here. */
  scrolled(physicalPx: number): void {
    const moved = physicalPx - this.#physicalPx;
    this.#physicalPx = physicalPx;
    if (!this.#scaled) this.#virtualPx = physicalPx;
    else if (physicalPx <= 0) this.#virtualPx = 0;
    else if (physicalPx >= this.#physicalRangePx - 1) this.#virtualPx = this.#virtualRangePx;
    else if (Math.abs(moved) <= 3 * this.#viewportPx) this.#virtualPx = this.#clamp(this.#virtualPx + moved);
    else this.#virtualPx = Math.round((physicalPx / this.#physicalRangePx) * this.#virtualRangePx);
  }

  /** Goes to a place in the content. Returns the scroll position the element has to take. */
  goTo(virtualPx: number): number {
    this.#virtualPx = this.#clamp(virtualPx);
    return this.settle() ?? this.#physicalPx;
  }

  /** Brings the scroll bar in line with the place, after pixel-by-pixel moves. Returns the new position if it changed. */
  settle(): number | undefined {
    const target = this.#scaled ? Math.round((this.#virtualPx / this.#virtualRangePx) * this.#physicalRangePx) : this.#virtualPx;
    if (Math.abs(target - this.#physicalPx) < 1) return undefined;
    this.#physicalPx = target;
    return target;
  }

  #clamp(px: number): number {
    return Math.min(this.#virtualRangePx, Math.max(0, px));
  }
}
