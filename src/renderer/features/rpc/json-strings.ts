/** After the text in quotes that begins at `start`, in JSON text; its end where the text has none. Expressions run out of stack on very long texts. */
export function endOfJsonString(json: string, start: number): number {
  for (let from = start + 1; ;) {
    const quote = json.indexOf('"', from);
    if (quote < 0) return json.length;
    let backslashes = 0;
    while (json.charAt(quote - 1 - backslashes) === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}
