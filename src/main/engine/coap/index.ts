export { bridgeProblem, createCoapBridges, type CoapBridges } from './bridge/index.ts';
export { createMockDevices, deviceProblem, recordedDevice, type MockDevices } from './mock/index.ts';
export { answeringParts, createPipelines, pipelineProblem, textOfPayload, type Pipelines } from './pipeline/index.ts';
export { planRequest as checkCoapRequest } from './udp-service/plan-request.ts';
export { openCoapHistory, type CoapHistory } from './udp-history/coap-history.ts';
export { createCoapUdp, type CoapUdp } from './udp-service/udp-service.ts';
