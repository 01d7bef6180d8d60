export { createIntercepts, type Intercepts } from './intercept/intercepts.ts';
