import type { SavedCoapFields } from './saved-request.ts';

type Keep = (request: SavedCoapFields) => void;
let keep: Keep | null = null;

/** Who keeps requests over UDP: collections know of this feature, not the other way round. */
export function offerToKeepRequests(offered: Keep): void {
  keep = offered;
}

export function keepRequest(request: SavedCoapFields): void {
  keep?.(request);
}
