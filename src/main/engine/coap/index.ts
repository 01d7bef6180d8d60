export { createMockDevices, deviceProblem, recordedDevice, type MockDevices } from './mock/index.ts';
export { createCoapUdp, type CoapUdp } from './udp-service/udp-service.ts';
