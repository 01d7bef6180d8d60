/** A packet that breaks the specification. The connection it came on ends. */
export class MqttProtocolError extends Error {
  override readonly name = 'MqttProtocolError';
  /** What is to be sent in DISCONNECT or CONNACK of MQTT 5 (§2.4): 0x81 malformed, 0x82 protocol error, 0x95 too large … */
  readonly reasonCode: number;
  /** The normative statement or section: `MQTT-3.3.1-4`, `§2.2.2.2`. */
  readonly clause: string;

  constructor(reasonCode: number, clause: string, message: string) {
    super(`${message} [${clause}]`);
    this.reasonCode = reasonCode;
    this.clause = clause;
  }
}
