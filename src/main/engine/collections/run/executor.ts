import type { SavedRequest } from '../../../../shared/contract/collections.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import type { FillSource } from '../../../../shared/collections/fill-request.ts';
import type { CheckSubject } from '../checks/check-thread.ts';

/** A request that was sent. */
export interface StartedRequest {
  /** In the list of all calls. */
  readonly callId: number | null;
  /** In the history of requests over UDP. */
  readonly coapId: number | null;
  /** Never rejects. Open for ever once it is cancelled. */
  readonly ended: Promise<CheckSubject>;
  /** At once; nothing is awaited any more. */
  readonly cancel: () => void;
}

/** How requests of one kind are made. Everything else about a run is the same for all kinds. */
export interface RequestExecutor<R extends SavedRequest> {
  /** Fills in the variables and sends. A problem, or a coded error that is thrown: nothing was sent. */
  start(request: R, source: FillSource): StartedRequest | { readonly problem: Problem };
}

export type Executors = { readonly [K in SavedRequest['kind']]: RequestExecutor<Extract<SavedRequest, { readonly kind: K }>> };
