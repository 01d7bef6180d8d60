export { CollectionsPlace } from './collections-place.tsx';
export { CollectionsService } from './collections-commands.tsx';
export { saveIntoCollection } from './save-call-dialog.tsx';
