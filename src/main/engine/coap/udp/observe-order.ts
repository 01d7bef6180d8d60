interface Notification {
  /** 24 bits. */
  readonly sequence: number;
  /** ms of a clock that never goes back. */
  readonly at: number;
}

const half = 2 ** 23;
const freshAfterMs = 128_000;

/** Whether a notification is newer than the last one: datagrams may overtake each other (RFC 7641 §3.4). */
export function isNewerNotification(last: Notification, next: Notification): boolean {
  const { sequence: v1, at: t1 } = last;
  const { sequence: v2, at: t2 } = next;
  return (v1 < v2 && v2 - v1 < half) || (v1 > v2 && v1 - v2 > half) || t2 > t1 + freshAfterMs;
}
