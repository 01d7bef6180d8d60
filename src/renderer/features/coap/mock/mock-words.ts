import type { MockDevice, MockDeviceStatus, MockResource } from '../../../../shared/contract/mock-devices.ts';
import type { DotTone } from '../../../ui/badge.tsx';
import { plural } from '../../common/index.ts';
import { faultWords } from '../../rpc/index.ts';

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

export const percentWords = (rate: number, code: number | null): string => `${Number((rate * 100).toFixed(2))} % with the code ${code ?? '?'}`;

/** What goes wrong on purpose with a resource, a phrase for each method; empty: nothing. */
export function resourceFaults({ methods }: Pick<MockResource, 'methods'>): readonly string[] {
  return methods.flatMap(({ method, faults }) => {
    const words = [...faultWords(faults), ...(faults.unlistedRate > 0 ? [percentWords(faults.unlistedRate, faults.unlistedCode)] : [])];
    return words.length === 0 ? [] : [`${method}: ${words.join(', ')}`];
  });
}

/** Why requests were passed over; `null`: none was. */
export function passedOverWords({ retained, otherSubsystem }: MockDeviceStatus['passedOver'], subsystems: readonly string[]): string | null {
  const reasons = [
    ...(retained > 0 ? [`${plural(retained, 'retained request')}, which the broker keeps for every subscriber`] : []),
    ...(otherSubsystem > 0 ? [`${plural(otherSubsystem, 'request')} for a subsystem that the device does not have (it has ${subsystems.join(', ')})`] : []),
  ];
  return reasons.length === 0 ? null : `Not answered, as they were no business of the device: ${reasons.join('; ')}.`;
}
