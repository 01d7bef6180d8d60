import { hazardOf } from './hazards.ts';
import { parseGfTopic } from './topics.ts';

interface HazardWords {
  readonly message: string;
  readonly advice: string;
}

/** What a message would do to a live peer, in sentences; `null`: no harm, or no topic of gf_mqtt_client. */
export function describeHazard(topic: string, payload: Uint8Array): HazardWords | null {
  const address = parseGfTopic(topic);
  const hazard = address && hazardOf(address, payload);
  if (!hazard) return null;
  const whom = hazard.silences === 'device' ? `the device "${address.target}"` : `whoever waits for the response of "${address.target}"`;
  const what = hazard.when === 'always' ? 'stops receiving for good' : 'stops receiving for good if it reads what is missing';
  const shape =
    hazard.silences === 'device' ? 'a JSON object whose header has method, path and request_id' : 'a JSON object whose header has a listed response_code';
  return {
    message: `${hazard.reason} With gf_mqtt_client, ${whom} ${what}, and still looks connected.`,
    advice: `Send ${shape}. Only a restart of the peer helps once it has happened.`,
  };
}
