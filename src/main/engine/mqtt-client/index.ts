export { ConnectionEnded, type ClientEnd } from './client-end.ts';
export { atEndOfTurn } from './end-of-turn.ts';
export { MqttClient } from './mqtt-client.ts';
