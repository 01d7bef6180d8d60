import type { CoapBridge, CoapBridgeStatus } from '../../../../shared/contract/coap-bridges.ts';
import { showCoap } from '../coap-views.ts';
import { coapStore } from '../mqtt/coap-model.ts';
import { coapUdpStore } from '../udp/coap-udp-model.ts';

/** Brings a bridge into the builder of the side that it takes requests on. */
export function askBridge(bridge: CoapBridge, status: CoapBridgeStatus | undefined): void {
  if (bridge.direction === 'to-coap') {
    const { source, namespace, subsystems, tag } = bridge;
    coapStore().choose(source);
    coapStore().selectDevice(source, { namespace, subsystem: subsystems[0] ?? 'coap', target: tag });
    showCoap('mqtt');
  } else {
    coapUdpStore().edit({ uri: `${status?.listensOn ?? `coap://${bridge.host}:${bridge.port}`}/.well-known/core`, method: 'GET' });
    showCoap('udp');
  }
}
