export type { Authenticator } from './authenticator.ts';
export { ConnectionEnded, type ClientEnd } from './client-end.ts';
export { ClientSession } from './client-session.ts';
export { atEndOfTurn } from './end-of-turn.ts';
export { MqttClient } from './mqtt-client.ts';
export { scramSha256 } from './scram.ts';
