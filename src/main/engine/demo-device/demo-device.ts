import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { gfDeviceFilter } from '../../../shared/coap/gf/topics.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { answerGf, gfDeviceTag } from './gf-resources.ts';
import { answerRpc, rebootMs, type DeviceControl } from './rpc-methods.ts';
import { packTelemetryFrame } from './telemetry-frame.ts';
import { newThermostat, rounded, stepThermostat, type Thermostat } from './thermostat-model.ts';
import { ownLogin } from '../own-login.ts';

export interface DemoDevice {
  /** Connected to the broker (a reboot interrupts that for a moment). */
  readonly running: boolean;
  /** Connects and keeps connected until `stop`. */
  start(url: string): void;
  /** Says goodbye (availability "offline", then DISCONNECT). Idempotent. */
  stop(): Promise<void>;
}

export interface DemoDeviceOptions {
  /** Unix time in ms. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly onChange: () => void;
  /** Time between two telemetry messages. */
  readonly tickMs?: number;
}

export const demoClientId = 'demo-thermostat';
export const demoRpcTopic = 'edge/demo-thermostat';
const root = 'demo/thermostat';
const stopTimeoutMs = 500;
const stateEveryTicks = 10;

/** A simulated thermostat, an ordinary MQTT 3.1.1 client of the broker. Its room keeps its temperature over reconnects. */
export function createDemoDevice(options: DemoDeviceOptions): DemoDevice {
  return new Device(options);
}

class Device implements DemoDevice {
  readonly #options: DemoDeviceOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #waiting = new Set<(reason: Error) => void>();
  #client: MqttClient | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #room: Thermostat = newThermostat();
  #startedAt = 0;
  #sequence = 0;
  #rebooting = false;

  constructor(options: DemoDeviceOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#client?.connected ?? false;
  }

  start(url: string): void {
    if (this.#client) return;
    this.#startedAt = this.#options.now();
    const client = mqtt.connect({
      ...peerAt(url),
      clientId: demoClientId,
      ...ownLogin,
      protocolVersion: 4,
      clean: true,
      keepalive: 30,
      reconnectPeriod: 1000,
      connectTimeout: 5000,
      will: { topic: `${root}/availability`, payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    this.#client = client;
    client.on('connect', () => this.#connected(client));
    client.on('close', () => {
      this.#stopTicker();
      this.#options.onChange();
    });
    // A failure ends in "close" and a new attempt.
    client.on('error', () => undefined);
    client.on('message', (topic, payload, packet) => {
      if (!packet.retain) void this.#answer(client, topic, payload);
    });
  }

  async stop(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    this.#client = undefined;
    this.#rebooting = false;
    this.#stopTicker();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const reject of this.#waiting) reject(new Error('the device was switched off'));
    this.#waiting.clear();
    await this.#sayGoodbye(client);
    this.#options.onChange();
  }

  #connected(client: MqttClient): void {
    // mqttxx and gf devices subscribe with QoS 0, so this one does too.
    client.subscribe([demoRpcTopic, gfDeviceFilter(gfDeviceTag)], { qos: 0 });
    this.#publish('availability', 'online', { qos: 1, retain: true });
    this.#publish('info', toJson({ model: 'TH-1', firmware: '1.4.2', serial: 'DEMO-0001', rpc_topic: demoRpcTopic, gf_tag: gfDeviceTag }), {
      qos: 1,
      retain: true,
    });
    this.#publishState();
    this.#log('connected');
    this.#tick();
    this.#ticker = setInterval(() => this.#tick(), this.#options.tickMs ?? 1000);
    this.#options.onChange();
  }

  #tick(): void {
    const before = this.#room;
    this.#room = stepThermostat(before, (this.#options.tickMs ?? 1000) / 1000, this.#options.random);
    this.#sequence += 1;
    const room = this.#room;
    const temperature = rounded(room.temperatureCelsius, 2);
    const humidity = rounded(room.humidityPercent, 1);
    this.#publish(
      'telemetry',
      toJson({ ts: this.#options.now(), seq: this.#sequence, temperature, humidity, target: room.targetCelsius, heater: room.heaterOn }),
    );
    this.#publish('sensors/temperature', temperature.toFixed(2));
    this.#publish('sensors/humidity', humidity.toFixed(1));
    this.#publish('heater/power', String(room.heaterWatts));
    this.#publish('heater/energy', toJson({ watt_hours: rounded(room.energyWattHours, 2) }));
    this.#publish('frame', Buffer.from(packTelemetryFrame(room, this.#sequence, this.#uptimeSeconds())));
    const switched = room.heaterOn !== before.heaterOn;
    if (switched || this.#sequence % stateEveryTicks === 0) this.#publishState();
    if (switched) {
      this.#log(`heater ${room.heaterOn ? 'on' : 'off'} at ${temperature.toFixed(1)} °C`);
    }
  }

  #publishState(): void {
    this.#publish('heater/state', this.#room.heaterOn ? 'on' : 'off', { qos: 1, retain: true });
    this.#publish('state', toJson(this.#status()), { qos: 1, retain: true });
  }

  #status(): { readonly [key: string]: JsonValue } {
    const room = this.#room;
    return {
      temperature: rounded(room.temperatureCelsius, 2),
      humidity: rounded(room.humidityPercent, 1),
      target: room.targetCelsius,
      heater: room.heaterOn ? 'on' : 'off',
      uptime_seconds: this.#uptimeSeconds(),
    };
  }

  #uptimeSeconds(): number {
    return Math.max(0, Math.floor((this.#options.now() - this.#startedAt) / 1000));
  }

  /** Nothing a peer sends may silence the device, so whatever a message provokes ends here. */
  async #answer(client: MqttClient, topic: string, payload: Buffer): Promise<void> {
    try {
      const isRpc = topic === demoRpcTopic;
      const reply = isRpc ? await answerRpc(topic, payload, this.#control) : answerGf(topic, payload, this.#control, this.#options.now());
      if (reply && client === this.#client) client.publish(reply.topic, Buffer.from(reply.payload as string), { qos: isRpc ? 1 : 0 });
    } catch (error) {
      this.#log(`could not answer on ${topic}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  readonly #control: DeviceControl = {
    status: () => this.#status(),
    setTarget: (celsius) => {
      this.#room = { ...this.#room, targetCelsius: celsius };
      this.#publishState();
      this.#log(`target set to ${celsius} °C`);
    },
    reboot: () => this.#later(200, () => this.#reboot()),
    wait: (ms) =>
      new Promise((resolve, reject) => {
        const settle = (): void => {
          this.#waiting.delete(reject);
          resolve();
        };
        this.#waiting.add(reject);
        this.#later(ms, settle);
      }),
  };

  #reboot(): void {
    const client = this.#client;
    if (!client) return;
    if (this.#rebooting) return;
    this.#rebooting = true;
    this.#log('rebooting');
    void this.#sayGoodbye(client).then(() => {
      if (client !== this.#client) return;
      this.#later(rebootMs, () => {
        this.#rebooting = false;
        this.#startedAt = this.#options.now();
        client.reconnect();
      });
    });
  }

  #later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }

  /** A clean end sends no will, so the device says itself that it goes. The broker may be gone already: this takes a moment at most. */
  async #sayGoodbye(client: MqttClient): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, stopTimeoutMs);
    });
    try {
      if (client.connected) {
        await Promise.race([client.publishAsync(`${root}/availability`, 'offline', { qos: 1, retain: true }).then(() => client.endAsync()), tooLong]);
      }
    } catch {
      // The connection broke first, and the broker sends the will.
    } finally {
      clearTimeout(timer);
      await client.endAsync(true);
    }
  }

  #stopTicker(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }

  #log(text: string): void {
    this.#publish('log', text);
  }

  #publish(name: string, payload: string | Buffer, options: { readonly qos?: 0 | 1; readonly retain?: boolean } = {}): void {
    if (this.#client?.connected === true) this.#client.publish(`${root}/${name}`, payload, { qos: 0, ...options });
  }
}

/** Scheme, host and port for themselves: MQTT.js reads an address with `url.parse`, of which Node warns in the terminal (DEP0169). */
function peerAt(address: string): IClientOptions {
  const { protocol, hostname, port } = new URL(address);
  const isWebSocket = protocol === 'ws:';
  // MQTT.js puts the host of a WebSocket into an address again, where IPv6 stands in brackets; a socket takes it without.
  const host = isWebSocket ? hostname : hostname.replace(/^\[|\]$/g, '');
  return { protocol: isWebSocket ? 'ws' : 'mqtt', host, ...(port === '' ? {} : { port: Number(port) }) };
}

function toJson(value: JsonValue): string {
  return JSON.stringify(value);
}
