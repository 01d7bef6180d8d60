export { MockDevices } from './mock-devices.tsx';
