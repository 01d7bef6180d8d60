export { bridgeProblem, createCoapBridges, type CoapBridges } from './bridge/index.ts';
export { createMockDevices, deviceProblem, recordedDevice, type MockDevices } from './mock/index.ts';
export { answeringParts, createPipelines, pipelineProblem, textOfPayload, type Pipelines } from './pipeline/index.ts';
export { createCoapUdp, type CoapUdp } from './udp-service/udp-service.ts';
