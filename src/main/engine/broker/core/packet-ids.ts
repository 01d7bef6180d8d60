const highest = 65_535;

/** The next packet identifier that is not in use, after the last one given (§2.2.1); 0 when all are in use. */
export function nextPacketId(last: number, inUse: { has(id: number): boolean; readonly size: number }): number {
  if (inUse.size >= highest) return 0;
  let id = last;
  do {
    id = id >= highest ? 1 : id + 1;
  } while (inUse.has(id));
  return id;
}
