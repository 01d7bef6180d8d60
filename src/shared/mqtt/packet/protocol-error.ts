/** A packet that breaks the specification. The connection it came on ends. */
export class MqttProtocolError extends Error {
  override readonly name = 'MqttProtocolError';
  /** What is to be sent in DISCONNECT or CONNACK of MQTT 5 (§2.4): 0x81 malformed, 0x82 protocol error, 0x95 too large … */
  readonly reasonCode: number;
  /** The normative statement or section: `MQTT-3.3.1-4`, `§2.2.2.2`. */
  readonly clause: string;
  /** The level byte of a CONNECT with the right protocol name and a level nobody speaks (reason 0x84): it is answered, others are not. */
  readonly offeredLevel: number | null;

  constructor(reasonCode: number, clause: string, message: string, offeredLevel: number | null = null) {
    super(`${message} [${clause}]`);
    this.reasonCode = reasonCode;
    this.clause = clause;
    this.offeredLevel = offeredLevel;
  }
}

/** Bytes that cannot be read as the packet they claim to be (§4.13, 0x81). */
export function malformed(clause: string, message: string): MqttProtocolError {
  return new MqttProtocolError(0x81, clause, message);
}

/** A readable packet that may not be sent like this (§4.13, 0x82). */
export function protocolError(clause: string, message: string): MqttProtocolError {
  return new MqttProtocolError(0x82, clause, message);
}
