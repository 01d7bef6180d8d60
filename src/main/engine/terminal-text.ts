/** What a peer sends must not steer the terminal: control characters are shown as their escapes. In JSON those that are left stand in texts, where an escape means the same. */
export function harmless(text: string): string {
  return text.replace(/[^\P{Cc}\n]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
