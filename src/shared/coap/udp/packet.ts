/** Confirmable, Non-confirmable, Acknowledgement, Reset (RFC 7252 §3). */
export type CoapType = 'CON' | 'NON' | 'ACK' | 'RST';

export interface CoapOption {
  readonly number: number;
  readonly value: Uint8Array;
}

export interface CoapPacket {
  readonly type: CoapType;
  /** The byte: class in the upper three bits, detail in the lower five (§3). `formatCode` shows it as `2.05`. */
  readonly code: number;
  readonly messageId: number;
  /** 0 to 8 bytes. */
  readonly token: Uint8Array;
  /** By number; those of one number in their order. */
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
}

export const emptyCode = 0;

/** Method codes (§12.1.1, RFC 8132). */
export const methodCodes = { GET: 1, POST: 2, PUT: 3, DELETE: 4, FETCH: 5, PATCH: 6, iPATCH: 7 } as const;
export type CoapMethod = keyof typeof methodCodes;

const methodNames = new Map(Object.entries(methodCodes).map(([name, code]) => [code, name as CoapMethod]));

export function methodOf(code: number): CoapMethod | null {
  return methodNames.get(code as (typeof methodCodes)[CoapMethod]) ?? null;
}

/** `2.05` → 0x45; `null`: not a code. */
export function parseCode(text: string): number | null {
  const match = /^([0-7])\.([0-2]\d|3[01])$/.exec(text);
  return match ? (Number(match[1]) << 5) | Number(match[2]) : null;
}

/** 0x45 → `2.05`. */
export function formatCode(code: number): string {
  return `${code >> 5}.${String(code & 0x1f).padStart(2, '0')}`;
}

export function isRequestCode(code: number): boolean {
  return code >= 1 && code <= 31;
}

/** Classes 2, 4 and 5 (§12.1). */
export function isResponseCode(code: number): boolean {
  const kind = code >> 5;
  return kind === 2 || kind === 4 || kind === 5;
}

/** Of the registry "CoAP Response Codes" (§12.1.2, RFC 7959, RFC 8132, RFC 8516, RFC 8768). */
const codeTitles: Readonly<Record<string, string>> = {
  '0.00': 'Empty',
  '2.01': 'Created',
  '2.02': 'Deleted',
  '2.03': 'Valid',
  '2.04': 'Changed',
  '2.05': 'Content',
  '2.31': 'Continue',
  '4.00': 'Bad Request',
  '4.01': 'Unauthorized',
  '4.02': 'Bad Option',
  '4.03': 'Forbidden',
  '4.04': 'Not Found',
  '4.05': 'Method Not Allowed',
  '4.06': 'Not Acceptable',
  '4.08': 'Request Entity Incomplete',
  '4.09': 'Conflict',
  '4.12': 'Precondition Failed',
  '4.13': 'Request Entity Too Large',
  '4.15': 'Unsupported Content-Format',
  '4.22': 'Unprocessable Entity',
  '4.29': 'Too Many Requests',
  '5.00': 'Internal Server Error',
  '5.01': 'Not Implemented',
  '5.02': 'Bad Gateway',
  '5.03': 'Service Unavailable',
  '5.04': 'Gateway Timeout',
  '5.05': 'Proxying Not Supported',
  '5.08': 'Hop Limit Reached',
};

/** `null`: not registered. An unknown one counts as x.00 of its class (§5.9). */
export function codeTitle(code: number): string | null {
  return methodOf(code) ?? codeTitles[formatCode(code)] ?? null;
}
