/** Non-ASCII spaces, each of which becomes a space (RFC 3454, table C.1.2). */
const spaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
/** What vanishes (table B.1). */
const nothing = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g;
/** Controls, private use, non-characters, surrogates, and what would change how text is shown (tables C.2 to C.9). */
const prohibited =
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  /[\u0000-\u001f\u007f-\u009f\u06dd\u070f\u200e\u200f\u2028-\u202e\u2061-\u2063\u206a-\u206f\u2ff0-\u2ffb\ufff9-\ufffd\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]|\u0340|\u0341/u;

/** A user name or password in the one form in which it is compared (SASLprep, RFC 4013); `null` when it holds what none may hold. */
export function saslPrep(text: string): string | null {
  const prepared = text.replaceAll(spaces, ' ').replaceAll(nothing, '').normalize('NFKC');
  return prohibited.test(prepared) ? null : prepared;
}
