// XML 1.0 §2.2: everything but these may stand in a document; they may not even stand there as references.
// oxlint-disable-next-line no-control-regex -- these are what is replaced
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** For the content of an element. What XML cannot hold stands there as `\u0007`. */
export function xmlText(text: string): string {
  return text
    .replaceAll(forbidden, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

/** With its quotation marks. Line breaks would become spaces (§3.3.3). */
export function xmlAttribute(text: string): string {
  return `"${xmlText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`;
}
