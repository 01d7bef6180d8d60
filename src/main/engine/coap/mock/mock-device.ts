import type { MockDevice, MockDeviceState, MockDeviceStatus, TriedRequest, TryRequest } from '../../../../shared/contract/mock-devices.ts';
import { ResourceTree } from '../../../../shared/coap/mock/resource-tree.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { Answers, NodeActor, type NodeCaller, type NodeCalls, type NodeLog, type RpcNodeOptions } from '../../rpc/index.ts';
import { gfNode, GfService } from '../gf-service.ts';
import { deviceCaller, deviceFunctions } from './device-functions.ts';
import { DeviceServer } from './device-server.ts';
import { shownState, tryRequest } from './try-request.ts';
import { UdpSide } from './udp-side.ts';

export interface MockDeviceOptions extends Omit<RpcNodeOptions, 'functions' | 'pendingCalls' | 'service'> {
  /** Makes the calls of scripts. */
  readonly calls: NodeCalls;
}

const maxShown = 1000;
const maxConsoleLines = 200;

/** One mock device: its resources, and the two ways to them. The MQTT session is kept as that of an RPC node is. */
export class MockDeviceActor {
  readonly log: NodeLog;
  readonly #tree: ResourceTree;
  readonly #server: DeviceServer;
  readonly #gf: GfService;
  readonly #mqtt: NodeActor;
  readonly #udp: UdpSide;
  readonly #answers: Answers;
  readonly #options: MockDeviceOptions;
  #device: MockDevice;
  /** By the user, or as it starts by itself. */
  #wanted = false;

  constructor(device: MockDevice, options: MockDeviceOptions) {
    const { now, clock, random, onChange } = options;
    this.#device = device;
    this.#options = options;
    const current = (): MockDevice => this.#device;
    this.#tree = new ResourceTree(device.resources, (path) => {
      this.#udp.changed(path);
      onChange();
    });
    const parts: { gf?: GfService; server?: DeviceServer; answers?: Answers } = {};
    this.#mqtt = new NodeActor(gfNode(device, about(device)), {
      ...options,
      functions: () => ({}),
      pendingCalls: () => 0,
      service: (log) => {
        const answers = new Answers({
          ...options,
          functions: deviceFunctions(current, () => this.#mqtt, options.calls),
          onConsole: (name, { level, text }) => log.add(level, name, text),
        });
        const server = new DeviceServer({ device: current, tree: this.#tree, answers, log, clock, random, onChange });
        const gf = new GfService({ device: current, server, log, now, clock, onChange });
        Object.assign(parts, { gf, server, answers });
        return gf;
      },
    });
    const { gf, server, answers } = parts as Required<typeof parts>;
    this.log = this.#mqtt.log;
    this.#gf = gf;
    this.#server = server;
    this.#answers = answers;
    this.#udp = new UdpSide({ device: current, tree: this.#tree, server, clock, random, onChange });
    if (device.autoStart) this.#startUdp();
  }

  get device(): MockDevice {
    return this.#device;
  }

  status(): MockDeviceStatus {
    const { phase, problem, clientId, subscriptions, nextAttemptAt, warnings } = this.#mqtt.status();
    const { source, udp } = this.#device;
    const isOpen = udp !== null && !/^(127\.|::1$|localhost$)/i.test(udp.host);
    return {
      id: this.#device.id,
      mqtt: source === null ? null : { phase, problem, clientId, subscriptions, nextAttemptAt },
      udp: udp === null ? null : this.#udp.status(),
      warnings: [
        ...(source === null ? [] : warnings),
        ...(isOpen ? ['Its UDP port can be reached from the network: whoever reaches it may read and change its resources.'] : []),
        ...(source === null && udp === null ? ['The device takes requests neither over MQTT nor over UDP: choose one of them.'] : []),
      ],
      ...this.#server.counts,
      repeated: this.#gf.repeated,
      passedOver: this.#gf.passedOver,
    };
  }

  state(): MockDeviceState {
    const all = this.#tree.list();
    const resources = all.slice(0, maxShown).map((one) => ({ ...one, state: shownState(one.state) }));
    return { resources, total: all.length };
  }

  /** For calls of its scripts. Throws `invalid-state` while it is not running. */
  caller(): NodeCaller {
    return deviceCaller(this.#mqtt);
  }

  /** Rejects with `bad-input`, `payload-too-large`, or when the signal is aborted. */
  async tryRequest(asked: Pick<TryRequest, 'savedPath' | 'resource' | 'request'>, signal: AbortSignal): Promise<TriedRequest> {
    const { calls, clock } = this.#options;
    const console: { readonly level: TriedRequest['console'][number]['level']; readonly text: string }[] = [];
    const answers = new Answers({
      ...this.#options,
      functions: deviceFunctions(
        () => this.#device,
        () => this.#mqtt,
        calls,
      ),
      onConsole: (_name, line) => void (console.length < maxConsoleLines && console.push(line)),
    });
    try {
      const tried = await tryRequest({ device: this.#device, tree: this.#tree, answers, clock }, asked, signal);
      return { ...tried, console };
    } finally {
      answers.close();
    }
  }

  setState(path: string, state: JsonValue): ReturnType<ResourceTree['setState']> {
    return this.#tree.setState(path, state);
  }

  reset(): void {
    this.#tree.reset();
    this.#options.onChange();
  }

  /** Resources take effect with the next request; another way, address or limit opens what it concerns anew. */
  update(device: MockDevice): void {
    const before = this.#device;
    this.#device = device;
    if (JSON.stringify(before.resources) !== JSON.stringify(device.resources)) this.#tree.define(device.resources);
    const scripts = device.resources.flatMap(({ methods }) => methods.flatMap(({ answer }) => (answer.kind === 'script' ? [answer.source] : [])));
    this.#answers.keepOnly(new Set(scripts));
    if (device.source === null) void this.#mqtt.stop();
    this.#mqtt.update(gfNode(device, about(device)));
    if (this.#wanted && device.source !== null && before.source === null) this.#mqtt.start();
    const udpOf = ({ udp, maxBodyBytes }: MockDevice): string => JSON.stringify([udp, maxBodyBytes]);
    if (udpOf(before) !== udpOf(device)) {
      this.#udp.stop();
      if (this.#wanted) this.#startUdp();
    }
    if (device.autoStart && !before.autoStart) this.#startUdp();
    this.#options.onChange();
  }

  start(): void {
    this.#wanted = true;
    this.#server.start();
    if (this.#device.source !== null) this.#mqtt.start();
    this.#startUdp();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    this.#server.stop();
    this.#udp.stop();
    await this.#mqtt.stop();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#mqtt.close();
    this.#answers.close();
  }

  sourceChanged(): void {
    if (this.#device.source !== null) this.#mqtt.sourceChanged();
  }

  #startUdp(): void {
    this.#wanted = true;
    this.#udp.start();
  }
}

const about = ({ id, name, source, clientId, autoStart }: MockDevice): Parameters<typeof gfNode>[1] => ({
  ...{ id, name, clientId },
  source: source ?? 'broker',
  autoStart: autoStart && source !== null,
});
