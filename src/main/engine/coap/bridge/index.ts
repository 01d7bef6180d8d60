export { createCoapBridges, type CoapBridges } from './bridges.ts';
export { bridgeProblem } from './check-bridge.ts';
