/** Why a payload cannot be read, or a text cannot be turned into one. Thrown inside a codec, and caught by `runCodec`: never by a caller. */
export class PayloadFailure extends Error {
  override readonly name = 'PayloadFailure';
  /** Offset of the byte (decoding) or of the UTF-16 unit (encoding) it is about. */
  readonly at: number | null;

  constructor(reason: string, at: number | null = null) {
    super(reason);
    this.at = at;
  }
}
