/** A copy's name: `Lab` becomes `Lab copy`, then `Lab copy 2`. */
export function copyName(name: string, taken: readonly string[]): string {
  const base = `${name.slice(0, 180)} copy`;
  if (!taken.includes(base)) return base;
  for (let number = 2; ; number += 1) if (!taken.includes(`${base} ${number}`)) return `${base} ${number}`;
}
