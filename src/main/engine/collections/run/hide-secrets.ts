const dots = '•••';
/** Shorter ones would turn any text into dots: they are hidden where they stand alone. */
const shortestAnywhere = 3;
/** Bytes: fewer make no run of Base64 that is long enough to be told from chance. */
const shortestEncoded = 4;

/**
 * Puts dots where a secret stands in a text: as it is, or as JSON (also within JSON, or in ASCII), a URI, a form, XML, hexadecimal digits or Base64 would write
 * it, there also as a part of something longer. What a script or a device makes of it otherwise, such as its characters one by one, is not found.
 */
export function secretHider(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter((secret) => secret !== '');
  const whole = known.filter(({ length }) => length >= shortestAnywhere);
  const forms = [...new Set(whole.flatMap(textForms))].toSorted((a, b) => b.length - a.length);
  const encoded = whole.flatMap(base64Forms);
  const short = known.filter(({ length }) => length < shortestAnywhere).map(alone);
  return (text) => {
    let hidden = text;
    for (const form of forms) hidden = hidden.replaceAll(form, dots);
    for (const form of encoded) hidden = withoutBase64(hidden, form);
    for (const pattern of short) hidden = hidden.replace(pattern, dots);
    return hidden.endsWith('…') ? withoutCutForm(hidden, forms) : hidden;
  };
}

/** Texts are cut before they come here: the head of a secret at the end is one as well. */
function withoutCutForm(text: string, forms: readonly string[]): string {
  const end = text.length - 1;
  const least = (form: string): number => Math.min(shortestAnywhere, form.length - 1);
  let shortest = end;
  for (const form of forms) {
    for (let length = Math.min(form.length - 1, end); length >= least(form); length -= 1) {
      if (!text.startsWith(form.slice(0, length), end - length)) continue;
      shortest = Math.min(shortest, end - length);
      break;
    }
  }
  return shortest === end ? text : `${text.slice(0, shortest)}${dots}…`;
}

/** The ways to write it of which each is a text of its own. */
function textForms(secret: string): readonly string[] {
  const safe = secret.toWellFormed();
  const json = [...new Set([jsonText(safe), jsonText(safe).replaceAll('/', '\\/'), ascii(jsonText(safe), false), ascii(jsonText(safe), true)])];
  const uri = [
    encodeURIComponent(safe),
    encodeURI(safe),
    encodeURIComponent(safe).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),
    new URLSearchParams([['', safe]]).toString().slice(1),
  ];
  const hex = Buffer.from(safe).toString('hex');
  return [
    secret,
    ...json,
    ...json.map(jsonText),
    ...uri,
    ...uri.map((text) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    encodeURIComponent(encodeURIComponent(safe)),
    xmlText(safe),
    ...(Buffer.byteLength(safe) >= shortestEncoded ? [hex, hex.toUpperCase()] : []),
  ];
}

const jsonText = (text: string): string => JSON.stringify(text).slice(1, -1);

/** As JSON is written where only ASCII is wanted: Python's habit. */
function ascii(text: string, capitals: boolean): string {
  return text.replace(/[\u0080-\uffff]/g, (unit) => {
    const digits = unit.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${capitals ? digits.toUpperCase() : digits}`;
  });
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const xmlText = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);

interface Base64Form {
  readonly digits: string;
  /** The digits beside them hold some bits of it. */
  readonly before: boolean;
  readonly after: boolean;
}

/** Base64, also that of URLs, of anything that the secret is a part of: it begins at one of three places in a group of three bytes. */
function base64Forms(secret: string): readonly Base64Form[] {
  const bytes = Buffer.from(secret);
  if (bytes.length < shortestEncoded) return [];
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const digits = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    const urlDigits = digits.replaceAll('+', '-').replaceAll('/', '_');
    const sides = { before: offset > 0, after: (offset + bytes.length) % 3 > 0 };
    return [digits, ...(urlDigits === digits ? [] : [urlDigits])].map((one) => ({ digits: one, ...sides }));
  });
}

const isDigit = (character: string | undefined): boolean => character !== undefined && /[A-Za-z0-9+/_-]/.test(character);

/** Not by an expression: secrets may be longer than one can be. */
function withoutBase64(text: string, { digits, before, after }: Base64Form): string {
  let hidden = '';
  let from = 0;
  for (let at = text.indexOf(digits); at >= 0; at = text.indexOf(digits, from)) {
    const start = before && at > from && isDigit(text[at - 1]) ? at - 1 : at;
    let end = at + digits.length;
    if (after && isDigit(text[end])) end += 1;
    hidden += text.slice(from, start) + dots;
    from = end;
  }
  return hidden + text.slice(from);
}

function alone(secret: string): RegExp {
  const escaped = secret.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\p{L}\p{N}_])${escaped}(?![\p{L}\p{N}_])`, 'gu');
}
