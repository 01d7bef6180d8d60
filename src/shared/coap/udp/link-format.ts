export interface WebLink {
  /** Of the resource, as written: `/sensors/temp`. */
  readonly target: string;
  /** In their order. An attribute without a value, such as `obs`, is `null`. */
  readonly attributes: readonly (readonly [name: string, value: string | null])[];
}

export type LinksRead = { readonly links: readonly WebLink[] } | { readonly problem: string; readonly at: number; readonly links: readonly WebLink[] };

const maxLinks = 100_000;

/** Reads CoRE Link Format (RFC 6690 §2). Of a damaged text, the links before the damage are returned as well. */
export function parseLinkFormat(text: string): LinksRead {
  const links: WebLink[] = [];
  let at = 0;
  const space = (): void => {
    while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1;
  };
  const fail = (problem: string): LinksRead => ({ problem: `${problem} at position ${at + 1} (RFC 6690 §2).`, at, links });
  space();
  while (at < text.length) {
    if (links.length >= maxLinks) return fail(`More than ${maxLinks} links`);
    if (text.charAt(at) !== '<') return fail('"<" is missing');
    const end = text.indexOf('>', at);
    if (end < 0) return fail('">" is missing');
    const target = text.slice(at + 1, end);
    at = end + 1;
    const attributes: [string, string | null][] = [];
    space();
    while (text.charAt(at) === ';') {
      at += 1;
      space();
      const name = /[^\s=;,"<>]*/y;
      name.lastIndex = at;
      const [found = ''] = name.exec(text) ?? [];
      if (found === '') return fail('The name of an attribute is missing');
      at += found.length;
      space();
      if (text.charAt(at) !== '=') {
        attributes.push([found, null]);
        continue;
      }
      at += 1;
      space();
      const value = readValue(text, at);
      if (value === null) return fail('A quoted value does not end');
      attributes.push([found, value.text]);
      at = value.end;
      space();
    }
    links.push({ target, attributes });
    if (at >= text.length) break;
    if (text.charAt(at) !== ',') return fail('"," is missing');
    at += 1;
    space();
    if (at >= text.length) return fail('A link is missing');
  }
  return { links };
}

/** As `parseLinkFormat` reads it. Numbers stay bare, everything else is quoted. */
export function formatLinkFormat(links: readonly WebLink[]): string {
  return links
    .map(({ target, attributes }) => {
      const parts = attributes.map(([name, value]) =>
        value === null ? name : `${name}=${/^\d+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`}`,
      );
      return [`<${target}>`, ...parts].join(';');
    })
    .join(',');
}

/** `null`: not there; without a value, an empty text. */
export function linkAttribute({ attributes }: WebLink, name: string): string | null {
  const found = attributes.find(([known]) => known.toLowerCase() === name);
  return found === undefined ? null : (found[1] ?? '');
}

function readValue(text: string, start: number): { readonly text: string; readonly end: number } | null {
  if (text.charAt(start) !== '"') {
    const bare = /[^\s;,]*/y;
    bare.lastIndex = start;
    const [found = ''] = bare.exec(text) ?? [];
    return { text: found, end: start + found.length };
  }
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') return { text: value, end: at + 1 };
    if (character === '\\') at += 1;
    value += text.charAt(at);
  }
  return null;
}
