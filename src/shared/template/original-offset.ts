/** One unit of a string as JSON writes it, with or without an escape. */
const unit = /\\u[0-9a-fA-F]{4}|\\.|[^\\]/suy;

/** Where in `source`, a string of JSON with its quotation marks, the unit `offset` of the text stands that it means. */
export function originalOffset(source: string, offset: number): number {
  let at = 1;
  for (let done = 0; done < offset && at < source.length - 1;) {
    unit.lastIndex = at;
    const length = unit.exec(source)?.[0].length ?? 1;
    // A pair of surrogates that is not escaped is two units of both.
    done += source.charAt(at) === '\\' ? 1 : length;
    at += length;
  }
  return at;
}
