export { bitPattern } from './cursor.ts';
export { dissect } from './dissect.ts';
export { findField, type Dissection, type Field, type Violation } from './fields.ts';
export { packetIdOf, publishParts, publishTopic } from './quick-look.ts';
export { summarise } from './summary.ts';
export { maskSecrets, secretRanges } from './secrets.ts';
