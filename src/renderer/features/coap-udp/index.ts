export { CoapUdpPlace } from './coap-udp-place.tsx';
