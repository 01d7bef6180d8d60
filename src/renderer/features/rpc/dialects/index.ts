export { DialectsDialog } from './dialects-dialog.tsx';
