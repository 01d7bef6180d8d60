import type { LabFault, LabRole } from '../../../../shared/contract/tls-lab.ts';
import type { BrokerListener } from '../../../../shared/contract/broker.ts';
import type { ListenerOptions } from '../../../../shared/contract/listeners.ts';
import { shareAPlace } from '../../../../shared/mqtt/listener-kinds.ts';
import { shellWord } from '../../common/index.ts';

export const roleWords: Readonly<Record<LabRole, string>> = { server: 'Server', device: 'Device' };

export const faultWords: Readonly<Record<LabFault, string>> = {
  expired: 'expired',
  'not-yet-valid': 'not yet valid',
  'wrong-name': 'wrong host name',
  'unknown-authority': 'unknown authority',
  'missing-intermediate': 'missing intermediate',
  'weak-key': 'weak key',
  'wrong-usage': 'wrong key usage',
};

/** A TLS listener with a certificate of the lab, on the first usual port that no other listener has. */
export function labListener(id: string, certificate: string, others: readonly ListenerOptions[]): ListenerOptions {
  for (let port = 8883; ; port += 1) {
    const listener: ListenerOptions = {
      kind: 'tls',
      id,
      name: '',
      enabled: true,
      proxyProtocol: false,
      maxConnections: null,
      connectionsPerSecond: null,
      maxPacketBytes: null,
      host: '127.0.0.1',
      port,
      tls: {
        labCertificate: certificate,
        certificateFile: '',
        keyFile: '',
        caFile: null,
        clientCertificates: 'none',
        minVersion: '1.2',
        crlFile: null,
        userFrom: 'connect',
      },
    };
    if (port === 65_535 || !others.some((other) => shareAPlace(other, listener))) return listener;
  }
}

/** For a terminal on the machine of the workbench: reaches the listener, trusting the lab. */
export function subscribeLine(listener: Pick<BrokerListener, 'host' | 'port'>, authorityFile: string): string {
  const host = listener.host === '0.0.0.0' ? '127.0.0.1' : listener.host === '::' ? '::1' : listener.host;
  return `mosquitto_sub -h ${host} -p ${listener.port} --cafile ${shellWord(authorityFile)} -t "#" -v`;
}
