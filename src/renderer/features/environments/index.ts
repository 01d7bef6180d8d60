export { EnvironmentPicker } from './environment-picker.tsx';
export { EnvironmentsHost } from './environments-dialog.tsx';
export { UnknownVariables } from './unknown-variables.tsx';
export { hasVariables } from './used-variables.ts';
export { editEnvironments, useActiveEnvironment } from './environments-model.ts';
