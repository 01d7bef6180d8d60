export { CoapCommands } from './coap-commands.ts';
export { CoapPlace } from './coap-place.tsx';
