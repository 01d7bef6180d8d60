const operable = 'button:not([disabled]):not([tabindex="-1"]), [href], input:not([type="hidden"]), select, textarea, [tabindex="0"]';

/** Moves the focus to the next (1) or previous (-1) part of the window, in the order of the page. */
export function moveToRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (region) => region.offsetParent !== null || region.getClientRects().length > 0,
  );
  if (regions.length === 0) return;
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at < 0 ? (step === 1 ? 0 : regions.length - 1) : at + step + regions.length) % regions.length];
  if (!next) return;
  // The tree, where there is one, or the first thing to operate is of more use than the frame around it.
  const target = next.querySelector<HTMLElement>('[role="tree"] [tabindex="0"]') ?? next.querySelector<HTMLElement>(operable) ?? next;
  target.focus();
}
