export { createMockDevices, deviceProblem, recordedDevice, type MockDevices } from './mock/index.ts';
