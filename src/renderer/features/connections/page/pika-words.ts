import { pikaConnectResult } from '../../../../shared/connections/pika-limits.ts';

/** Return codes of CONNACK (§3.2.2.3 of 3.1.1) by the reason that is told here. */
const returnCodes: Readonly<Record<string, number>> = {
  'wrong-protocol-version': 1,
  'client-id-rejected': 2,
  'broker-unavailable': 3,
  'bad-credentials': 4,
  'not-authorised': 5,
};

/** What the connect call of a pika device answers to the same refusal; its document and its code read the number differently. `null`: to others it has no number. */
export function pikaAnswer(reason: string): string | null {
  const code = returnCodes[reason];
  if (code === undefined) return null;
  const { document, code: words } = pikaConnectResult(code);
  return `A pika device answers ${code} to this: by its code “${words ?? ''}”, though its document calls ${code} ${document ?? 'nothing'}.`;
}
