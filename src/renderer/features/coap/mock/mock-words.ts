import type { MockDevice, MockDeviceStatus } from '../../../../shared/contract/mock-devices.ts';
import type { DotTone, Tone } from '../../../ui/badge.tsx';

const tones = { running: 'ok', starting: 'busy', waiting: 'warn', failed: 'bad', stopped: 'off' } as const;

/** The worse one of the two ways counts. */
export function dotOf(status: MockDeviceStatus | undefined): DotTone {
  const found = new Set<DotTone>([status?.mqtt, status?.udp].flatMap((way) => (way ? [tones[way.phase]] : [])));
  return (['bad', 'warn', 'busy', 'ok'] as const).find((tone) => found.has(tone)) ?? 'off';
}

/** How each way is, in a line. */
export function phaseWords({ tag, namespace }: Pick<MockDevice, 'tag' | 'namespace'>, status: MockDeviceStatus | undefined): string {
  const { mqtt, udp } = status ?? {};
  const words = [
    ...(mqtt ? [mqtt.phase === 'running' ? `MQTT: ${mqtt.subscriptions[0]?.filter ?? `${namespace}/+/request/${tag}/+`}` : `MQTT: ${mqtt.phase}`] : []),
    ...(udp ? [udp.phase === 'running' ? `UDP: coap://${hostOf(udp.address ?? '')}:${udp.port}` : `UDP: ${udp.phase}`] : []),
  ];
  return words.length === 0 ? 'Takes no requests' : words.join(' · ');
}

const hostOf = (address: string): string => (address.includes(':') ? `[${address}]` : address);

export function codeTone(code: number): Tone {
  return code >= 500 ? 'bad' : code >= 400 ? 'warn' : 'ok';
}
