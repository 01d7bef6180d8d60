/** Ids of stream entries, `ms-number`, in their order. */
export function compareLogIds(one: string, other: string): number {
  const [oneMs = '0', oneNumber = '0'] = one.split('-');
  const [otherMs = '0', otherNumber = '0'] = other.split('-');
  return Number(oneMs) - Number(otherMs) || Number(oneNumber) - Number(otherNumber);
}
