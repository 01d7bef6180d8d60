/** Orders names as people do: digits by value (`line2` before `line10`), letters without case first. Total: equal only when identical. */
export function compareNames(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(j);
    if (isDigit(x) && isDigit(y)) {
      const endA = digitsEnd(a, i);
      const endB = digitsEnd(b, j);
      const startA = skipZeros(a, i, endA);
      const startB = skipZeros(b, j, endB);
      const longer = endA - startA - (endB - startB);
      if (longer !== 0) return longer;
      for (let k = 0; startA + k < endA; k += 1) {
        const difference = a.charCodeAt(startA + k) - b.charCodeAt(startB + k);
        if (difference !== 0) return difference;
      }
      i = endA;
      j = endB;
      continue;
    }
    if (x !== y) {
      const difference = lower(x) - lower(y);
      if (difference !== 0) return difference;
    }
    i += 1;
    j += 1;
  }
  const rest = a.length - i - (b.length - j);
  return rest !== 0 ? rest : a < b ? -1 : a > b ? 1 : 0;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const lower = (code: number): number => (code >= 65 && code <= 90 ? code + 32 : code);

function digitsEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

function skipZeros(text: string, from: number, end: number): number {
  let start = from;
  while (start < end - 1 && text.charCodeAt(start) === 48) start += 1;
  return start;
}
