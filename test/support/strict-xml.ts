/** An element of a document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

const nameAt = /[A-Za-z_][\w.-]*/y;
const attributeAt = /\s+([A-Za-z_][\w.-]*)="([^"<]*)"/y;
// XML 1.0 §2.2
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads the part of XML that reports are written in, and throws for anything that is not well-formed. */
export function readStrictXml(document: string): XmlElement {
  if (forbidden.test(document)) throw new Error('a character that XML cannot hold');
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!document.startsWith(head)) throw new Error('no XML declaration');
  let at = head.length;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(document);
    if (found) at += found[0].length;
    return found;
  };
  const expectText = (text: string): void => {
    if (!document.startsWith(text, at)) throw new Error(`"${text}" expected at ${at}: ${document.slice(at, at + 40)}`);
    at += text.length;
  };
  const element = (): XmlElement => {
    expectText('<');
    const name = take(nameAt)?.[0];
    if (name === undefined) throw new Error(`no name at ${at}`);
    const attributes: Record<string, string> = {};
    for (let found = take(attributeAt); found; found = take(attributeAt)) {
      const [, key = '', value = ''] = found;
      if (Object.hasOwn(attributes, key)) throw new Error(`the attribute ${key} twice in ${name}`);
      attributes[key] = unescaped(value);
    }
    if (document.startsWith('/>', at)) {
      at += 2;
      return { name, attributes, children: [], text: '' };
    }
    expectText('>');
    const children: XmlElement[] = [];
    let text = '';
    while (!document.startsWith('</', at)) {
      if (at >= document.length) throw new Error(`${name} has no end`);
      if (document.startsWith('<', at)) children.push(element());
      else text += unescaped(take(/[^<]+/y)?.[0] ?? '');
    }
    expectText(`</${name}>`);
    return { name, attributes, children, text };
  };
  const root = element();
  if (document.slice(at).trim() !== '') throw new Error('something after the end');
  return root;
}

function unescaped(text: string): string {
  return text.replaceAll(/&([^;]*);?/g, (whole, name: string) => {
    const code = /^#(\d+)$/.exec(name)?.[1];
    const character = code === undefined ? entities[name] : String.fromCodePoint(Number(code));
    if (character === undefined || !whole.endsWith(';')) throw new Error(`an unknown entity: ${whole}`);
    return character;
  });
}
