export { openTlsLab, type TlsLab } from './tls-lab.ts';
