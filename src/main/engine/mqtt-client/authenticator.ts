/** The client's side of an authentication method (§4.12). Whatever it throws ends the connection, with its message. */
export interface Authenticator {
  readonly method: string;
  /** Authentication Data of CONNECT, or of the AUTH that asks to authenticate again. */
  start(): Uint8Array | null;
  /** Answers a challenge. */
  next(challenge: Uint8Array | null): Uint8Array | null | Promise<Uint8Array | null>;
  /** The server is content; what it sent with that is to be checked. */
  finish(data: Uint8Array | null): void;
}
