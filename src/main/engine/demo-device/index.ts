export { createDemoDevice, demoClientId, demoRpcTopic, type DemoDevice, type DemoDeviceOptions } from './demo-device.ts';
export { gfDeviceTag } from './gf-resources.ts';
