import type { SubscriptionNotification } from '../../../../shared/contract/connections.ts';
import { decodeText, hasBinaryControls } from '../../../../shared/payload/utf8-text.ts';

const maxText = 200;

/** A notification in words. */
export function newsWords(
  { connection, filter, alias, topic, head, sizeBytes, more }: SubscriptionNotification,
  formatCount: (count: number) => string,
): { readonly title: string; readonly text: string } {
  const { text, invalidAt } = decodeText(head, head.length >= sizeBytes);
  const isBinary = invalidAt !== null || hasBinaryControls(text);
  const line = sizeBytes === 0 ? 'empty' : isBinary ? `${formatCount(sizeBytes)} bytes` : text.replaceAll(/\s+/g, ' ').trim().slice(0, maxText);
  const others = more === 0 ? '' : ` (and ${formatCount(more)} more before it)`;
  return { title: `${alias === '' ? filter : alias} · ${connection}`, text: `${topic}: ${line}${others}` };
}
