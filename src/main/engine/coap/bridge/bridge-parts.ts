import type { CoapBridge, CoapBridgeLog, CoapBridgeStatus } from '../../../../shared/contract/coap-bridges.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import type { RpcNodeOptions, RpcService } from '../../rpc/index.ts';

/** What bridges are made of. */
export interface BridgeParts extends Omit<RpcNodeOptions, 'functions' | 'pendingCalls' | 'service'> {
  readonly rpc: Pick<RpcService, 'start' | 'cancel' | 'servicesOf'>;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** One bridge that is kept. */
export interface BridgeActor<T extends CoapBridge> {
  readonly bridge: T;
  /** Started, and not failed. */
  readonly isOn: boolean;
  /** Where it listens for CoAP now. */
  readonly port: number | null;
  status(): CoapBridgeStatus;
  log(): CoapBridgeLog;
  clearLog(): void;
  /** Limits take effect with the next request; another address or source opens its session or port anew. */
  update(bridge: T): void;
  start(): void;
  /** `problem`: why it may not run. */
  stop(problem?: Problem | null): Promise<void>;
  close(): Promise<void>;
  /** The source may have come up or gone down. */
  sourceChanged(): void;
}
