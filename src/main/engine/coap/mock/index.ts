export { deviceProblem } from './check-device.ts';
export { createMockDevices, type MockDevices } from './mock-devices.ts';
export { recordedDevice } from './recorded-device.ts';
