import { describeHazard } from '../../shared/coap/gf/describe-hazard.ts';
import { CodedError } from '../../shared/ipc/errors.ts';

/** Refuses what would silence a live peer with gf_mqtt_client: nothing but a restart brings it back. Throws `would-silence-peer`. */
export function guardPeers(topic: string, payload: Uint8Array): void {
  const hazard = describeHazard(topic, payload);
  if (hazard) throw new CodedError('would-silence-peer', hazard.message, { advice: hazard.advice });
}
