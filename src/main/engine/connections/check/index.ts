export { runCheck } from './run-check.ts';
export { CheckSteps } from './steps.ts';
