export interface TextProblem {
  readonly message: string;
  readonly advice: string;
}

const maxBytes = 65_535;

/** The rules every UTF-8 string of MQTT keeps (§1.5.4), as far as text in memory can break them. `what` starts a sentence. */
export function validateUtf8Text(text: string, what: string): TextProblem | null {
  if (text === '') return { message: `${what} is empty.`, advice: 'Enter at least one character [MQTT-4.7.3-1].' };
  const nul = text.indexOf('\0');
  if (nul >= 0)
    return { message: `${what} contains the character U+0000 at position ${nul + 1}.`, advice: 'Remove it: MQTT allows no NUL in text [MQTT-4.7.3-2].' };
  if (!text.isWellFormed())
    return { message: `${what} contains half of a surrogate pair.`, advice: 'Paste the text again: a character was cut in two [MQTT-1.5.4-1].' };
  const size = utf8Length(text);
  if (size > maxBytes) return { message: `${what} has ${size} bytes; MQTT allows ${maxBytes}.`, advice: 'Shorten it [MQTT-4.7.3-3].' };
  return null;
}

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit <= 0xdbff) {
      bytes += 4;
      index += 1;
    } else bytes += 3;
  }
  return bytes;
}
