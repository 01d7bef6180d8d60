import type { OutgoingMessage, RpcRequest } from '../../../shared/rpc/dialect.ts';
import { mqttxx2 } from '../../../shared/rpc/mqttxx2.ts';
import { validateTopicName } from '../../../shared/mqtt/topic-name.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { isTargetAllowed, targetRangeCelsius } from './thermostat-model.ts';

/** What the methods may do with the device. */
export interface DeviceControl {
  status(): { readonly [key: string]: JsonValue };
  setTarget(celsius: number): void;
  /** Goes offline and comes back. */
  reboot(): void;
  /** Resolves after the time, or rejects when the device stops. */
  wait(ms: number): Promise<void>;
}

type Method = (params: JsonValue, device: DeviceControl) => JsonValue | Promise<JsonValue>;

const selfTestMs = 3000;
export const rebootMs = 3000;

const methods: Readonly<Record<string, Method>> = {
  get_status: (_params, device) => device.status(),
  set_target: (params, device) => {
    const target = readTarget(params);
    if (typeof target !== 'number') throw new Error('set_target needs a number: {"target": 21.5}');
    if (!isTargetAllowed(target)) {
      throw new Error(`target ${target} °C is out of range (${targetRangeCelsius.lowest} to ${targetRangeCelsius.highest} °C)`);
    }
    device.setTarget(target);
    return { target };
  },
  reboot: (_params, device) => {
    device.reboot();
    return { rebooting: true, back_in_seconds: rebootMs / 1000 };
  },
  run_self_test: async (_params, device) => {
    await device.wait(selfTestMs);
    return { passed: true, duration_seconds: selfTestMs / 1000, checks: { sensor: 'ok', heater: 'ok', flash: 'ok' } };
  },
  calibrate: () => {
    throw new Error('calibration failed: reference sensor not found');
  },
};

/** Answers one message on the device's RPC topic; `null` when nothing is to be sent: no request, or nowhere to reply to. */
export async function answerRpc(topic: string, payload: Uint8Array, device: DeviceControl): Promise<OutgoingMessage | null> {
  const request = mqttxx2.parse({ topic, payload, properties: null });
  if (request.kind !== 'request') return null;
  // As real peers do, the method runs all the same when nobody can be told.
  const reply = await carryOut(request, device);
  return reply === null || validateTopicName(reply.topic) ? null : reply;
}

async function carryOut(request: RpcRequest, device: DeviceControl): Promise<OutgoingMessage | null> {
  const run = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
  if (!run) return mqttxx2.buildError(request, { name: 'METHOD_NOT_FOUND', message: '' });
  try {
    return mqttxx2.buildResult(request, await run(request.params, device));
  } catch (error) {
    return mqttxx2.buildError(request, { name: 'RPC_EXECUTION_ERROR', message: error instanceof Error ? error.message : String(error) });
  }
}

/** `{"target": 21.5}` as documented, or the bare number. */
function readTarget(params: JsonValue): JsonValue | undefined {
  return typeof params === 'object' && params !== null && 'target' in params ? (params as { readonly target: JsonValue }).target : params;
}
