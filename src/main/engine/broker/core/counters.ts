/** What has happened since the broker started. Plain numbers, so that counting costs next to nothing. */
export class Counters {
  bytesReceived = 0;
  bytesSent = 0;
  packetsReceived = 0;
  packetsSent = 0;
  publishReceived = 0;
  publishBytesReceived = 0;
  publishSent = 0;
  publishBytesSent = 0;
  /** Not given to a client that did not read. */
  droppedSlow = 0;
  /** Not queued because the queue of a client was full. */
  droppedFull = 0;
  /** Larger than what a client takes. */
  droppedLarge = 0;
  /** Waited longer than their expiry interval. */
  droppedExpired = 0;
  /** Retained messages that were not kept, as there were too many. */
  retainedRefused = 0;
  publishRefused = 0;
  /** Publishes after which their client was not read from for a while, as it was too fast. */
  publishSlowed = 0;
  subscribeRefused = 0;
  connectionsRefused = 0;
  connectionsMade = 0;
  clientsMaximum = 0;
  sessionsExpired = 0;
}
