/** Every coded failure that may cross a process boundary. The sentence is the default; callers usually give a more precise one. */
const errorCatalogue = {
  'bad-input': 'The request was not understood.',
  'unknown-method': 'The other side does not offer this operation.',
  cancelled: 'The operation was cancelled.',
  'timed-out': 'The operation took too long.',
  'frame-too-large': 'The message is larger than this connection accepts.',
  'too-many-requests': 'Too many operations are under way at once.',
  'version-mismatch': 'This page and the engine are of different versions. Reload the page.',
  disconnected: 'The connection to the engine was lost.',
  'engine-restarted': 'The engine was restarted while this was under way. Try again.',
  internal: 'Something went wrong inside the workbench.',
  'not-found': 'That item does not exist (any more).',
  'invalid-state': 'That is not possible in the current state.',
  'broker-not-running': 'The local broker is not running. Start it first.',
  'port-taken': 'The port is already in use.',
  'address-refused': 'The broker cannot listen on this address.',
  'certificate-unusable': 'The certificate of a listener cannot be used.',
  'worker-crashed': 'A background part stopped unexpectedly and was started again.',
  'not-connected': 'This connection is not connected.',
  'connect-failed': 'The connection could not be made.',
  'publish-refused': 'The broker refused the message.',
  'would-silence-peer': 'The message would silence a peer.',
  'risky-publish': 'Publishing this may do harm.',
  'invalid-topic': 'The topic is not valid.',
  'invalid-uri': 'The address is not valid.',
  'payload-too-large': 'The payload is too large.',
  'store-unavailable': 'The message history is not available.',
  'disk-full': 'The disk is full.',
  'persistence-unavailable': 'What the local broker keeps cannot be read or written.',
  'workspace-unwritable': 'The workspace folder cannot be written.',
  'script-error': 'The script failed.',
  'script-limit': 'The script was stopped: it used more than it may.',
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

/** The plain form of an error on the wire. `data` is JSON-like and never holds secrets. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly advice?: string | undefined;
  readonly data?: unknown;
}

/** An expected failure with a code from the catalogue and a sentence a person can act on. */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  readonly code: ErrorCode;
  readonly advice: string | undefined;
  readonly data: unknown;

  constructor(code: ErrorCode, message: string = errorCatalogue[code], more: { advice?: string | undefined; data?: unknown } = {}) {
    super(message);
    this.code = code;
    this.advice = more.advice;
    this.data = more.data;
  }
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCatalogue, value);
}

/** Turns anything thrown into its wire form. Unexpected errors keep their message but become `internal`. */
export function toWireError(error: unknown): WireError {
  if (error instanceof CodedError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.advice === undefined ? {} : { advice: error.advice }),
      ...(error.data === undefined ? {} : { data: error.data }),
    };
  }
  return { code: 'internal', message: `${errorCatalogue.internal} (${error instanceof Error ? error.message : String(error)})` };
}

/** Rebuilds an error received from a peer; unknown codes (a newer peer) become `internal`. */
export function fromWireError(wire: unknown): CodedError {
  if (typeof wire !== 'object' || wire === null) return new CodedError('internal');
  const { code, message, advice, data } = wire as Partial<WireError>;
  return new CodedError(isErrorCode(code) ? code : 'internal', typeof message === 'string' ? message : undefined, {
    advice: typeof advice === 'string' ? advice : undefined,
    data,
  });
}
