import type { HasSecret, Told } from './problems.ts';
import { checkNumber } from './numbers.ts';
import type { ProfileDraft } from './profile-draft.ts';

/** RFC 9110 §5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What the handshake itself says (RFC 6455 §4.1). */
const own = new Set(['host', 'upgrade', 'connection', 'sec-websocket-key', 'sec-websocket-version', 'sec-websocket-protocol', 'sec-websocket-extensions']);

export function checkTransport({ webSocket, proxy }: ProfileDraft, has: HasSecret, tell: Told): void {
  webSocket.headers.forEach(([name, value], at) => tell(`webSocket.headers.${at}`, headerProblem(name, value)));
  if (webSocket.headers.length > 100) tell('webSocket.headers', 'At most 100 headers fit.');
  const protocols = webSocket.subprotocol.split(',').map((name) => name.trim());
  if (webSocket.subprotocol !== '' && !protocols.every((name) => token.test(name)))
    tell('webSocket.subprotocol', 'Write names such as mqtt, with commas between several.');
  if (webSocket.subprotocol.length > 200) tell('webSocket.subprotocol', 'At most 200 characters fit.');
  if (proxy.kind === 'none') return;
  if (proxy.host === '') tell('proxy.host', 'Enter the host of the proxy.');
  else if (proxy.host.length > 255 || /[\s/]|:\/\//.test(proxy.host)) tell('proxy.host', 'Enter a host name or IP address alone, without http:// or a path.');
  tell('proxy.port', checkNumber(proxy.port, { min: 1, max: 65_535 }));
  if (proxy.username.length > 255) tell('proxy.username', 'At most 255 characters fit.');
  if (proxy.username === '' && has('proxyPassword')) tell('proxy.username', 'A password needs a user name.');
}

function headerProblem(name: string, value: string): string | undefined {
  if (name === '') return 'Enter the name of the header.';
  if (!token.test(name)) return 'The name of a header has letters, digits and "-", no spaces.';
  if (own.has(name.toLowerCase())) return 'The handshake sets this header itself.';
  // RFC 9110 §5.5; Node sends Latin-1.
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? undefined : 'The value has a line break or a character that headers cannot carry.';
}
