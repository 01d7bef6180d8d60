/** What scripts know from browsers and Node: `TextEncoder`, `TextDecoder`, `btoa`, `atob`, `crypto`. */
export interface WebGlobals {
  readonly [name: string]: unknown;
}

/** Runs inside the sandbox, from its own text: uses nothing from outside this function. */
export function webGlobals(randomBytes: (count: number) => Uint8Array): WebGlobals {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const fromUnits = String.fromCharCode;
  const maxRandom = 65_536;

  /** https://encoding.spec.whatwg.org/#textencoder */
  class TextEncoder {
    readonly encoding = 'utf-8';
    encode(given: unknown = ''): Uint8Array {
      const text = String(given);
      const bytes = new Uint8Array(text.length * 3);
      let length = 0;
      for (let at = 0; at < text.length; at += 1) {
        let point = text.codePointAt(at) ?? 0;
        if (point > 0xff_ff) at += 1;
        else if (point >= 0xd8_00 && point <= 0xdf_ff) point = 0xff_fd;
        if (point < 0x80) bytes[length++] = point;
        else {
          const more = point < 0x8_00 ? 1 : point < 0x1_00_00 ? 2 : 3;
          bytes[length++] = (point >> (6 * more)) | [0, 0xc0, 0xe0, 0xf0][more]!;
          for (let left = more - 1; left >= 0; left -= 1) bytes[length++] = ((point >> (6 * left)) & 0x3f) | 0x80;
        }
      }
      return bytes.slice(0, length);
    }
  }

  /** https://encoding.spec.whatwg.org/#utf-8-decoder, UTF-8 only. */
  class TextDecoder {
    readonly encoding = 'utf-8';
    readonly fatal: boolean;
    readonly ignoreBOM: boolean;
    constructor(label: unknown = 'utf-8', options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean } = {}) {
      if (!/^\s*utf-?8\s*$/i.test(String(label))) throw new RangeError('Only UTF-8 can be decoded here.');
      this.fatal = Boolean(options.fatal);
      this.ignoreBOM = Boolean(options.ignoreBOM);
    }
    decode(input: ArrayBuffer | ArrayBufferView = new Uint8Array()): string {
      const bytes = input instanceof ArrayBuffer ? new Uint8Array(input) : new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
      const parts: string[] = [];
      let units: number[] = [];
      const bad = (): void => {
        if (this.fatal) throw new TypeError('These bytes are not UTF-8.');
        units.push(0xff_fd);
      };
      let at = !this.ignoreBOM && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
      while (at < bytes.length) {
        const first = bytes[at++]!;
        const more = first < 0x80 ? 0 : first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : -1;
        let point = more <= 0 ? first : first & (0x3f >> more);
        let left = more;
        // The second byte is narrower after some first ones: no overlong forms, no surrogates, nothing beyond U+10FFFF.
        let [low, high] = [first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80, first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf];
        while (left > 0 && at < bytes.length && bytes[at]! >= low && bytes[at]! <= high) {
          point = (point << 6) | (bytes[at++]! & 0x3f);
          left -= 1;
          [low, high] = [0x80, 0xbf];
        }
        if (left !== 0) bad();
        else if (point > 0xff_ff) units.push(0xd7_c0 + (point >> 10), 0xdc_00 | (point & 0x3_ff));
        else units.push(point);
        if (units.length > 4096) {
          parts.push(fromUnits(...units));
          units = [];
        }
      }
      return parts.join('') + fromUnits(...units);
    }
  }

  const btoa = (given: unknown): string => {
    const text = String(given);
    const parts: string[] = [];
    for (let at = 0; at < text.length; at += 3) {
      const [a, b, c] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
      if (a > 255 || b > 255 || c > 255) throw new RangeError('btoa takes bytes: characters up to U+00FF.');
      const bits = (a << 16) | ((b || 0) << 8) | (c || 0);
      parts.push(
        letters.charAt(bits >> 18) +
          letters.charAt((bits >> 12) & 63) +
          (Number.isNaN(b) ? '=' : letters.charAt((bits >> 6) & 63)) +
          (Number.isNaN(c) ? '=' : letters.charAt(bits & 63)),
      );
    }
    return parts.join('');
  };

  /** https://infra.spec.whatwg.org/#forgiving-base64-decode */
  const atob = (given: unknown): string => {
    let text = String(given).replace(/[\t\n\f\r ]/g, '');
    if (text.length % 4 === 0) text = text.replace(/={1,2}$/, '');
    if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text)) throw new RangeError('This is not Base64.');
    const parts: string[] = [];
    for (let at = 0; at < text.length; at += 4) {
      const group = text.slice(at, at + 4);
      let bits = 0;
      for (let index = 0; index < 4; index += 1) bits = (bits << 6) | Math.max(0, letters.indexOf(group.charAt(index) || 'A'));
      parts.push(fromUnits(bits >> 16, (bits >> 8) & 255, bits & 255).slice(0, group.length - 1));
    }
    return parts.join('');
  };

  const crypto = {
    getRandomValues(array: ArrayBufferView): ArrayBufferView {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      if (bytes.length > maxRandom) throw new RangeError(`getRandomValues fills ${maxRandom} bytes at most.`);
      bytes.set(randomBytes(bytes.length));
      return array;
    },
    /** RFC 9562 §5.4 */
    randomUUID(): string {
      const hex = Array.from(randomBytes(16), (byte, at) =>
        (at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte).toString(16).padStart(2, '0'),
      ).join('');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };

  return { TextEncoder, TextDecoder, btoa, atob, crypto };
}
