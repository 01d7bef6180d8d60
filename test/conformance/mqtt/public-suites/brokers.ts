import path from 'node:path';
import { startMosquitto, startNodeBroker, type BrokerProcess } from '../broker-process.ts';

/** `aedes` is the product's engine on aedes; `aedes-library` is aedes as its documentation starts it. */
export const engineNames = ['core', 'aedes', 'aedes-library', 'mosquitto'] as const;
export type EngineName = (typeof engineNames)[number];

/** Paho's tests want a filter that is refused and, for MQTT 5, a keep alive that the server cuts to 60 s. */
const pahoMosquitto = ['allow_anonymous true', 'max_keepalive 60', 'acl_file {folder}/acl'];
const pahoAcl = 'topic readwrite #\ntopic readwrite $SYS/#\ntopic deny test/nosubscribe\n';

/** A fresh broker, without any state, on a free port. */
export function startBroker(engine: EngineName): Promise<BrokerProcess> {
  if (engine === 'mosquitto') return startMosquitto(pahoMosquitto, { acl: pahoAcl });
  return startNodeBroker(path.join(import.meta.dirname, 'node-broker.ts'), [engine]);
}
