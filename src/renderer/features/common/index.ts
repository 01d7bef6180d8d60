export { browserPacing, type Engine, type Pacing } from './engine.ts';
export * from './format.ts';
export { FrameNotifier } from './frame-notifier.ts';
export { connectionOf, connectionSource, connectionTone, effectiveSource, listSources, type SourceOption, type SourceTone } from './sources.ts';
export { newId } from './new-id.ts';
export { useMedia, useModel, useNow } from './use-model.ts';
