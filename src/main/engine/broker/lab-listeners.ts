import type { BrokerOptions } from '../../../shared/contract/broker.ts';
import type { ListenerOptions } from '../../../shared/contract/listeners.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { listenerLabel } from './listeners/listen-failure.ts';

/** Paths of a certificate of the TLS lab, its key and the lab's authority. */
interface LabFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly authorityFile: string;
  /** It is meant to be good, and its time is over. */
  readonly isOver: boolean;
}

export type FindLabFiles = (id: string) => LabFiles | undefined;

/** The options with files in place of certificates of the lab. Fails with `certificate-unusable` where the lab has no such certificate, or it has expired without being meant to. */
export function withLabFiles(options: BrokerOptions, find: FindLabFiles = () => undefined): BrokerOptions {
  if (options.listeners === undefined) return options;
  return { ...options, listeners: options.listeners.map((listener) => withFiles(listener, find)) };
}

/** The same for one listener of its own. */
export function withLabFilesOf(listener: ListenerOptions, find: FindLabFiles = () => undefined): ListenerOptions {
  return withFiles({ ...listener, enabled: true }, find);
}

function withFiles(listener: ListenerOptions, find: FindLabFiles): ListenerOptions {
  if (!('tls' in listener) || listener.tls.labCertificate === null || !listener.enabled) return listener;
  const { tls } = listener;
  const files = find(listener.tls.labCertificate);
  if (!files) {
    throw new CodedError('certificate-unusable', `The TLS lab has no certificate “${tls.labCertificate}” for the ${listenerLabel(listener)} listener.`, {
      advice: 'Edit the listener and choose another one, or make it again in the lab.',
      data: { listener: listener.id },
    });
  }
  if (files.isOver) {
    throw new CodedError(
      'certificate-unusable',
      `The certificate “${tls.labCertificate}” of the TLS lab has expired, which the ${listenerLabel(listener)} listener uses.`,
      {
        advice: 'Renew it in the lab: clients would refuse it.',
        data: { listener: listener.id },
      },
    );
  }
  const { certificateFile, keyFile, authorityFile } = files;
  const caFile = tls.clientCertificates === 'none' ? null : (tls.caFile ?? authorityFile);
  return { ...listener, tls: { ...tls, certificateFile, keyFile, caFile } };
}
