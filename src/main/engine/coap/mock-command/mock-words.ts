import type { MockDevice, MockDeviceStatus } from '../../../../shared/contract/mock-devices.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import type { RpcNodeLogLine } from '../../../../shared/contract/rpc-nodes.ts';
import { harmless } from '../../terminal-text.ts';

/** Where a device takes requests, a line for each place. */
export function servingLines(device: MockDevice, { mqtt, udp }: MockDeviceStatus, broker: string, json: boolean): string {
  const places = [
    ...(mqtt ? mqtt.subscriptions.map(({ filter }) => ({ broker, topic: filter })) : []),
    ...(udp ? [{ address: `coap://${udp.address?.includes(':') ? `[${udp.address}]` : udp.address}:${udp.port}` }] : []),
  ];
  return places
    .map((place) => {
      if (json) return `${JSON.stringify({ serving: device.tag, ...place })}\n`;
      return harmless(`serving ${device.tag} on ${'topic' in place ? `${place.topic} at ${place.broker}` : place.address}\n`);
    })
    .join('');
}

export function logLine(device: MockDevice, { at, level, method, text }: Omit<RpcNodeLogLine, 'times'>, json: boolean): string {
  const time = new Date(at).toISOString();
  if (json) return `${JSON.stringify({ at: time, device: device.tag, level, request: method === '' ? null : method, text })}\n`;
  const what = method === '' ? '' : `${method} `;
  // One line each, whatever a script prints.
  return `${harmless(`${time} ${device.tag} ${level} ${what}${text}`.replaceAll('\n', '\\n'))}\n`;
}

export function problemText({ tag }: MockDevice, { message, advice }: Problem): string {
  return harmless([`${tag}: ${message}`, ...(advice ? [advice] : [])].join('\n')).concat('\n');
}

/** What became of the requests. */
export function summaryLine({ tag }: MockDevice, { byCode, dropped, repeated, passedOver }: MockDeviceStatus): string {
  const answered = byCode.reduce((sum, { count }) => sum + count, 0);
  const codes = byCode.map(({ code, count }) => `${code}: ${count}`).join(', ');
  const passed = passedOver.retained + passedOver.otherSubsystem;
  const more = [
    ...(dropped > 0 ? [`${dropped} not answered on purpose`] : []),
    ...(repeated > 0 ? [`${repeated} delivered again`] : []),
    ...(passed > 0 ? [`${passed} passed over`] : []),
  ];
  return harmless(`${[`${tag}: ${answered} answered${codes === '' ? '' : ` (${codes})`}`, ...more].join(', ')}\n`);
}
