export { codeWords, isRefusal } from './code-words.ts';
export { bitPattern, bytesText } from './cursor.ts';
export { dissect } from './dissect.ts';
export { findField, walkFields, type Dissection, type DissectContext, type Field, type Violation } from './fields.ts';
export { packetIdOf, publishParts, publishTopic } from './quick-look.ts';
export { summarise, type PacketSummary } from './summary.ts';
