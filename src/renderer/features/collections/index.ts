export { CollectionsPlace } from './collections-place.tsx';
export { CollectionsService } from './collections-commands.tsx';
export { saveCoapIntoCollection, saveIntoCollection } from './save-call-dialog.tsx';
