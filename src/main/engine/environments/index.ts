export { createEnvironments, type Environments } from './environments.ts';
