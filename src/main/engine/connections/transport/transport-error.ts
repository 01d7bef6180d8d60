/** A step of the way to the broker failed. `code`: as Node or OpenSSL names it, or one of our own beginning with `WB_`. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
