import { topicPartProblem } from '../gf/topics.ts';
import { normalPath } from '../mock/paths.ts';
import type { CoapUri } from '../udp/uri.ts';

const maxSegmentBytes = 255;
const maxSegments = 64;

/** Where a request of gf_mqtt_client goes on a CoAP server: its path below that of the address; what stands behind `?` becomes arguments of the query. */
export function coapTargetOf(
  path: string,
  base: CoapUri,
): { readonly path: readonly string[]; readonly query: readonly string[] } | { readonly problem: string } {
  const at = path.indexOf('?');
  const normal = normalPath(at < 0 ? path : path.slice(0, at));
  const segments = [...base.path.filter((segment) => segment !== ''), ...(normal === '' ? [] : normal.split('/'))];
  const query = [...base.query, ...(at < 0 || at === path.length - 1 ? [] : path.slice(at + 1).split('&'))];
  if (segments.length > maxSegments || query.length > maxSegments) return { problem: `The path has more than ${maxSegments} segments or arguments.` };
  if ([...segments, ...query].some((part) => new TextEncoder().encode(part).length > maxSegmentBytes))
    return { problem: `A segment of the path has more than ${maxSegmentBytes} bytes, for which CoAP has no room (RFC 7252 §5.10).` };
  return { path: segments, query };
}

/** The path of what was created (Location-Path, Location-Query); `undefined`: the response names none. It is told without that of the address. */
export function locationOf(path: readonly string[], query: readonly string[], base: CoapUri): string | undefined {
  if (path.length === 0 && query.length === 0) return undefined;
  const below = base.path.filter((segment) => segment !== '');
  const own = below.every((segment, at) => path[at] === segment) ? path.slice(below.length) : path;
  return `${own.join('/')}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

export interface GfTarget {
  readonly subsystem: string;
  readonly tag: string;
  readonly path: string;
}

/** What a CoAP path means over MQTT: `/SUBSYSTEM/DEVICE/PATH`, or all of it the path of one device. The root is `/`, as a request over MQTT has to have a path. */
export function gfTargetOf(
  segments: readonly string[],
  query: readonly string[],
  device: { readonly subsystem: string; readonly tag: string } | null,
): GfTarget | { readonly code: '4.00' | '4.04'; readonly problem: string } {
  const [subsystem = '', tag = ''] = device ? [device.subsystem, device.tag] : segments;
  const rest = (device ? segments : segments.slice(2)).filter((segment) => segment !== '');
  if (!device && segments.length < 2)
    return { code: '4.04', problem: 'A path is /SUBSYSTEM/DEVICE/PATH. /.well-known/core lists what was seen of the devices.' };
  const part = topicPartProblem('The subsystem', subsystem) ?? topicPartProblem('The tag of the device', tag);
  if (part !== null) return { code: '4.00', problem: part };
  if (rest.some((segment) => segment.includes('/')))
    return { code: '4.00', problem: 'A segment of the path contains "/", which separates segments over MQTT.' };
  const path = `${rest.length === 0 ? '/' : rest.join('/')}${query.length === 0 ? '' : `?${query.join('&')}`}`;
  if (path.length > 1000 - 'DELETE '.length) return { code: '4.00', problem: 'The path is too long to be carried: 993 characters at most.' };
  return { subsystem, tag, path };
}

/** `axuv/2D_XX`, for Location-Path: where the device stands on the CoAP side. */
export function coapLocationOf(
  location: string,
  { subsystem, tag }: GfTarget,
  isFixed: boolean,
): { readonly path: readonly string[]; readonly query: readonly string[] } {
  const at = location.indexOf('?');
  const normal = normalPath(at < 0 ? location : location.slice(0, at));
  const segments = normal === '' ? [] : normal.split('/');
  const query = at < 0 || at === location.length - 1 ? [] : location.slice(at + 1).split('&');
  return { path: isFixed ? segments : [subsystem, tag, ...segments], query };
}
