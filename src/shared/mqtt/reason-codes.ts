/** MQTT 5 reason codes of refusals (§2.4), in words; the name of the specification is in brackets. */
const reasons: Readonly<Record<number, string>> = {
  0x04: 'the client left and asked for its will message [Disconnect with Will Message]',
  0x10: 'nobody is subscribed to this topic [No matching subscribers]',
  0x80: 'the broker gave no reason [Unspecified error]',
  0x81: 'the broker could not read a packet [Malformed Packet]',
  0x82: 'a packet broke the rules of MQTT [Protocol Error]',
  0x83: 'the broker refuses this [Implementation specific error]',
  0x84: 'the broker does not speak this version of MQTT [Unsupported Protocol Version]',
  0x85: 'the broker does not accept this client id [Client Identifier not valid]',
  0x86: 'the user name or password is wrong [Bad User Name or Password]',
  0x87: 'this client is not allowed to do that [Not authorized]',
  0x88: 'the broker is not available [Server unavailable]',
  0x89: 'the broker is busy [Server busy]',
  0x8a: 'this client is banned [Banned]',
  0x8b: 'the broker is shutting down [Server shutting down]',
  0x8c: 'the authentication method is not supported [Bad authentication method]',
  0x8d: 'nothing was heard from this client for too long [Keep Alive timeout]',
  0x8e: 'another client connected with the same client id [Session taken over]',
  0x8f: 'the broker does not accept this topic filter [Topic Filter invalid]',
  0x90: 'the broker does not accept this topic [Topic Name invalid]',
  0x93: 'too many messages were under way at once [Receive Maximum exceeded]',
  0x94: 'the topic alias is not valid [Topic Alias invalid]',
  0x95: 'the packet is larger than the broker accepts [Packet too large]',
  0x96: 'messages came too fast [Message rate too high]',
  0x97: 'a quota of the broker is used up [Quota exceeded]',
  0x98: 'an administrator closed the connection [Administrative action]',
  0x99: 'the payload is not of the format it claims [Payload format invalid]',
  0x9a: 'the broker keeps no retained messages [Retain not supported]',
  0x9b: 'the broker does not support this QoS [QoS not supported]',
  0x9c: 'the broker asks to use another server [Use another server]',
  0x9d: 'the broker has moved [Server moved]',
  0x9e: 'the broker does not support shared subscriptions [Shared Subscriptions not supported]',
  0x9f: 'connections came too fast [Connection rate exceeded]',
  0xa0: 'the broker ended the connection after its maximum time [Maximum connect time]',
  0xa1: 'the broker does not support subscription identifiers [Subscription Identifiers not supported]',
  0xa2: 'the broker does not support wildcards in subscriptions [Wildcard Subscriptions not supported]',
};

/** What a server may send in DISCONNECT (§3.14.2.1), the usual one of an operator first. */
export const serverDisconnectCodes: readonly number[] = [
  0x98, 0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0,
  0xa1, 0xa2,
];

/** CONNACK return codes of MQTT 3.1 and 3.1.1 (§3.2.2.3) as the MQTT 5 reason that means the same. */
const connackReturnCodes: Readonly<Record<number, number>> = { 1: 0x84, 2: 0x85, 3: 0x88, 4: 0x86, 5: 0x87 };

/** `0x87` and words for it. */
export function describeReason(code: number): string {
  return `${reasons[code] ?? 'a reason this version of MQTT does not define'}, code 0x${code.toString(16).padStart(2, '0')}`;
}

/** The MQTT 5 reason code of any CONNACK code. */
export function connackReason(code: number): number {
  return connackReturnCodes[code] ?? code;
}

/** The name of a reason for leaving in the specification: `Administrative action`. */
export function disconnectReasonName(code: number): string {
  return code === 0 ? 'Normal disconnection' : (/\[(.+)\]$/.exec(reasons[code] ?? '')?.[1] ?? 'Unknown');
}
