export { CodecFields } from './codec-fields.tsx';
export { CodecMenu } from './codec-menu.tsx';
export { DecodedView } from './decoded-view.tsx';
export { autoCodec, codecTitle, ruleFor, useCodecs, usePayloads, type CodecChoice } from './payloads-model.ts';
export { useReading } from './use-reading.ts';
