import type { MockDevice, MockDeviceUdpStatus } from '../../../../shared/contract/mock-devices.ts';
import { discover, discoveryPath } from '../../../../shared/coap/mock/discovery.ts';
import { normalPath, pathSegments } from '../../../../shared/coap/mock/paths.ts';
import type { ResourceTree } from '../../../../shared/coap/mock/resource-tree.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import { openCoapServer, type CoapServer, type CoapServerOptions, type ServedCoapRequest } from '../udp/coap-server.ts';
import { udpPortProblem } from '../udp/port-problem.ts';
import type { DeviceServer, MockServed } from './device-server.ts';
import { readUdpBody, writeUdpBody } from './udp-body.ts';

const locationPath = 8;
const linkFormat = 40;

export interface UdpSideOptions {
  readonly device: () => MockDevice;
  readonly tree: ResourceTree;
  readonly server: DeviceServer;
  readonly clock: () => number;
  readonly random: () => number;
  readonly onChange: () => void;
}

type Response = Exclude<Awaited<ReturnType<CoapServerOptions['handle']>>, null>;

/** Requests over UDP: one port, open from start to stop. */
export class UdpSide {
  readonly #options: UdpSideOptions;
  #phase: MockDeviceUdpStatus['phase'] = 'stopped';
  #problem: Problem | null = null;
  #server: CoapServer | undefined;
  /** Grows with each start and stop. */
  #run = 0;

  constructor(options: UdpSideOptions) {
    this.#options = options;
  }

  status(): MockDeviceUdpStatus {
    const { address = null, port = null } = this.#server?.local ?? {};
    return { phase: this.#phase, problem: this.#problem, address, port, observers: this.#server?.observers() ?? 0 };
  }

  start(): void {
    const { udp, maxBodyBytes } = this.#options.device();
    if (!udp || this.#phase === 'starting' || this.#phase === 'running') return;
    const { clock, random } = this.#options;
    this.#run += 1;
    const run = this.#run;
    this.#set('starting', null);
    openCoapServer({ ...udp, clock, random, maxBodyBytes, handle: (request) => this.#handle(request) }).then(
      (server) => {
        if (run !== this.#run) return server.close();
        this.#server = server;
        this.#set('running', null);
      },
      (error: unknown) => {
        if (run === this.#run) this.#set('failed', udpPortProblem(error, udp));
      },
    );
  }

  stop(): void {
    this.#run += 1;
    this.#server?.close();
    this.#server = undefined;
    this.#set('stopped', null);
  }

  changed(path: string): void {
    this.#server?.changed(pathSegments(path));
  }

  #set(phase: MockDeviceUdpStatus['phase'], problem: Problem | null): void {
    this.#phase = phase;
    this.#problem = problem;
    this.#options.onChange();
  }

  async #handle(request: ServedCoapRequest): Promise<Response | null> {
    const { server, tree } = this.#options;
    const { method, accept, query, payload, contentFormat, from } = request;
    const path = request.path.join('/');
    const about = { method, path, via: 'udp' as const, callerId: `${from.address}:${from.port}` };
    if (path === discoveryPath && method === 'GET' && tree.links().every((link) => link.path !== discoveryPath)) {
      return { code: '2.05', payload: new TextEncoder().encode(discover(tree.links(), query)), contentFormat: linkFormat };
    }
    const read = readUdpBody(payload, contentFormat);
    if (!('body' in read)) return this.#response(server.refused(about, read.code, read.detail), undefined);
    const served = await server.serve({ ...about, body: read.body, bodyBytes: payload.length, query, topic: '' });
    if (!served || served.times === 0) return null;
    // Only the path as it is written here is told of changes.
    const isObservable = method === 'GET' && path === normalPath(path) && tree.links().some((link) => link.path === path);
    return { ...this.#response(served, accept), observable: isObservable };
  }

  #response({ response }: MockServed, accept: number | undefined): Response {
    const { code, body, location } = response;
    const isError = code >= 400;
    // A diagnostic payload has no Content-Format (RFC 7252 §5.5.2).
    if (isError && typeof body === 'string') return { code: udpCode(code), payload: new TextEncoder().encode(body) };
    const content = writeUdpBody(body, isError ? undefined : accept);
    if (content === 'not-acceptable') return { code: '4.06', payload: new TextEncoder().encode(`Only text (0) and JSON (50) can be had, not ${accept}.`) };
    const options =
      location === undefined ? [] : pathSegments(normalPath(location)).map((segment) => ({ number: locationPath, value: new TextEncoder().encode(segment) }));
    return { code: udpCode(code), ...content, options };
  }
}

/** 205 → `2.05`. A code has five bits behind the dot (RFC 7252 §3): what is beyond becomes x.30, which is not registered either. */
function udpCode(code: number): string {
  const detail = code % 100;
  return `${Math.floor(code / 100)}.${String(detail > 31 ? 30 : detail).padStart(2, '0')}`;
}
