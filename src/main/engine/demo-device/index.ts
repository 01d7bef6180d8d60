export { createDemoDevice, demoClientId, demoRpcTopic, type DemoDevice } from './demo-device.ts';
export { gfDeviceTag } from './gf-resources.ts';
