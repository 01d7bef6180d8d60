/** What is spoken by who sends bytes that are no MQTT at all, so that the refusal helps who mixed up two ports; `undefined`: unknown. */
export function foreignProtocol(firstBytes: Uint8Array): string | undefined {
  const text = String.fromCharCode(...firstBytes.subarray(0, 8));
  // A TLS record: handshake, of version 3.x (RFC 8446 §5.1).
  if (firstBytes[0] === 0x16 && firstBytes[1] === 3 && (firstBytes[2] ?? 255) <= 4) return 'The client speaks TLS, and this is a plain port.';
  if (/^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE) ?/.test(text)) {
    return 'The client speaks HTTP (a browser, or MQTT over WebSocket), and this port takes MQTT without it.';
  }
  if (text.startsWith('PROXY ') || text === '\r\n\r\n\x00\r\nQ') return 'The client begins with a PROXY header, and this listener is not set to expect one.';
  if (text.startsWith('SSH-')) return 'The client speaks SSH.';
  return undefined;
}
