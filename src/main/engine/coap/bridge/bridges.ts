import os from 'node:os';
import type { CoapBridge, CoapBridgeLog, CoapBridgeStatus, ToCoapBridge } from '../../../../shared/contract/coap-bridges.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import { circleOf } from '../../../../shared/coap/bridge/loops.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';
import type { BridgeActor, BridgeParts } from './bridge-parts.ts';
import { bridgeProblem } from './check-bridge.ts';
import { ToCoapActor } from './to-coap.ts';
import { ToMqttActor } from './to-mqtt.ts';

export interface CoapBridgesOptions extends Omit<BridgeParts, 'onChange'> {
  readonly bridges: readonly CoapBridge[];
}

/** All bridges of the workspace. */
export interface CoapBridges {
  statuses(): readonly CoapBridgeStatus[];
  /** `null`: there is no such bridge. */
  log(id: string): CoapBridgeLog | null;
  clearLog(id: string): void;
  /** Adds it, or puts it in the place of the one with its id. */
  save(bridge: CoapBridge): Promise<void>;
  remove(id: string): Promise<void>;
  /** Throws a CodedError for one that cannot be used, or would carry in a circle. */
  start(id: string): void;
  stop(id: string): Promise<void>;
  /** A broker or connection may have come up or gone down. */
  readonly sourcesChanged: () => void;
  /** Told of changes of statuses and logs. */
  readonly changed: Notifier;
  close(): Promise<void>;
}

type Actor = ToCoapActor | ToMqttActor;

export function createCoapBridges(options: CoapBridgesOptions): CoapBridges {
  const changed = createNotifier();
  const actors = new Map<string, Actor>();
  const parts: BridgeParts = { ...options, onChange: changed.notify };
  const make = (bridge: CoapBridge): Actor => {
    // What was written by hand and cannot be used waits stopped, until it is saved once more.
    const usable = bridgeProblem(bridge) ? { ...bridge, autoStart: false } : bridge;
    return usable.direction === 'to-coap' ? new ToCoapActor(usable, parts) : new ToMqttActor(usable, parts);
  };
  const find = (id: string): Actor => {
    const actor = actors.get(id);
    if (!actor) throw new CodedError('not-found', 'That bridge does not exist (any more).');
    return actor;
  };
  for (const bridge of options.bridges) actors.set(bridge.id, make(bridge));

  /** Bridges start by themselves as well, and ports are chosen late: whatever brought a circle about is stopped. */
  const stopCircles = (): void => {
    for (const actor of actors.values()) {
      const circle = actor.isOn && actor instanceof ToCoapActor ? circleThrough(actor, [...actors.values()], true) : null;
      if (circle) void actor.stop(circle);
    }
  };

  return {
    statuses() {
      const all = [...actors.values()];
      return all.map((actor) => withWarnings(actor, all));
    },
    log: (id) => actors.get(id)?.log() ?? null,
    clearLog: (id) => find(id).clearLog(),
    async save(bridge) {
      const actor = actors.get(bridge.id);
      if (actor instanceof ToCoapActor && bridge.direction === 'to-coap') actor.update(bridge);
      else if (actor instanceof ToMqttActor && bridge.direction === 'to-mqtt') actor.update(bridge);
      else {
        const added = make(bridge);
        actors.set(bridge.id, added);
        await actor?.close();
        added.sourceChanged();
      }
      stopCircles();
      changed.notify();
    },
    async remove(id) {
      await find(id).close();
      actors.delete(id);
      changed.notify();
    },
    start(id) {
      const actor = find(id);
      const problem = bridgeProblem(actor.bridge);
      if (problem) throw new CodedError(problem.code, problem.message, { advice: problem.advice });
      const all = [...actors.values()];
      const circle =
        actor instanceof ToCoapActor
          ? circleThrough(actor, all, true)
          : all.map((one) => (one.isOn && one instanceof ToCoapActor ? circleThrough(one, [actor], false) : null)).find((found) => found !== null);
      if (circle) throw new CodedError('invalid-state', circle.message, { advice: circle.advice });
      actor.start();
      stopCircles();
    },
    stop: (id) => find(id).stop(),
    sourcesChanged() {
      for (const actor of actors.values()) actor.sourceChanged();
      stopCircles();
    },
    changed,
    async close() {
      await Promise.all([...actors.values()].map((actor) => actor.close()));
    },
  };
}

/** Why requests of this bridge would come back to itself; `null`: they do not. */
function circleThrough({ bridge }: BridgeActor<ToCoapBridge>, others: readonly Actor[], onlyRunning: boolean): Problem | null {
  const back = others.find(
    (other) => other instanceof ToMqttActor && (other.isOn || !onlyRunning) && circleOf(bridge, other.bridge, other.port, isHere) === 'always',
  );
  if (!back) return null;
  return {
    code: 'invalid-state',
    message: `"${bridge.name}" carries requests for "${bridge.tag}" to the port of "${back.bridge.name}", which carries them back to "${bridge.tag}": they would go in a circle.`,
    advice: 'Give one of them another device, address or source, or stop the other one.',
  };
}

function withWarnings(actor: Actor, all: readonly Actor[]): CoapBridgeStatus {
  const status = actor.status();
  if (!(actor instanceof ToCoapActor)) return status;
  const { id, source, namespace, tag, subsystems } = actor.bridge;
  const twin = all.find(({ bridge }) => {
    if (bridge.direction !== 'to-coap' || bridge.id === id || bridge.source !== source || bridge.tag !== tag || bridge.namespace !== namespace) return false;
    return subsystems.length === 0 || bridge.subsystems.length === 0 || subsystems.some((one) => bridge.subsystems.includes(one));
  });
  const back = all.find((other) => other instanceof ToMqttActor && other.isOn && circleOf(actor.bridge, other.bridge, other.port, isHere) === 'sometimes');
  return {
    ...status,
    warnings: [
      ...status.warnings,
      ...(twin ? [`"${twin.bridge.name}" has the same tag: when both run, requests are answered twice.`] : []),
      ...(back
        ? [`Its address is the port of "${back.bridge.name}": a path that names "${tag}" comes back to this bridge, and is refused after 16 bridges.`]
        : []),
    ],
  };
}

/** An address of this machine. */
function isHere(host: string): boolean {
  if (/^(127\.|::1$|localhost$)/i.test(host)) return true;
  return Object.values(os.networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address.toLowerCase() === host.toLowerCase()));
}
