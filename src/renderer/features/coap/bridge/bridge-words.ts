import type { CoapBridge, CoapBridgeStatus } from '../../../../shared/contract/coap-bridges.ts';
import type { DotTone } from '../../../ui/badge.tsx';

const tones = { running: 'ok', starting: 'busy', waiting: 'warn', failed: 'bad', stopped: 'off' } as const;

export const dotOf = (status: CoapBridgeStatus | undefined): DotTone => tones[status?.phase ?? 'stopped'];

export const directionWords = { 'to-coap': 'CoAP server as a device', 'to-mqtt': 'Devices as a CoAP server' } as const;

/** From where to where, in a line: `VALVE_1 → coap://192.0.2.7`. */
export function wayWords(bridge: CoapBridge, status?: CoapBridgeStatus): string {
  if (bridge.direction === 'to-coap') return `${bridge.tag} → ${bridge.target}`;
  const from = status?.listensOn ?? `coap://${bridge.host.includes(':') ? `[${bridge.host}]` : bridge.host}:${bridge.port === 0 ? 'any port' : bridge.port}`;
  return `${from} → ${bridge.device ? `${bridge.device.subsystem}/${bridge.device.tag}` : 'all devices'}`;
}

const phases = { running: 'Running', starting: 'Starting', waiting: 'Waiting for its source', failed: 'Failed', stopped: 'Stopped' } as const;

export function phaseWords(status: CoapBridgeStatus | undefined): string {
  const phase = phases[status?.phase ?? 'stopped'];
  return status?.listensOn ? `${phase} on ${status.listensOn}` : phase;
}
