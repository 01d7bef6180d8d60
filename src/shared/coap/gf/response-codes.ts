/** Success 2.xx, Client Error 4.xx, Server Error 5.xx (RFC 7252 §5.9). */
export type ResponseClass = 'success' | 'client-error' | 'server-error';

export interface ResponseCode {
  /** As gf_mqtt_client writes it: 205 for what RFC 7252 calls 2.05. */
  readonly code: number;
  /** As in RFC 7252 §12.1.2. */
  readonly title: string;
  /** The constant of gf_mqtt_client. */
  readonly name: string;
  readonly class: ResponseClass;
  /** What a caller with gf_mqtt_client catches; `null`: nothing is raised. */
  readonly exception: string | null;
}

const titles = {
  201: 'Created',
  202: 'Deleted',
  203: 'Valid',
  204: 'Changed',
  205: 'Content',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Bad Option',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  415: 'Unsupported Content Format',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'Proxying Not Supported',
} as const;

/** A code that every peer knows. Any other one makes a caller with gf_mqtt_client stop receiving for good. */
export type GfCode = keyof typeof titles;

export const responseCodes: readonly ResponseCode[] = Object.entries(titles).map(([text, title]) => {
  const code = Number(text);
  const kind = responseClass(code) as ResponseClass;
  return {
    code,
    title,
    name: title.toUpperCase().replaceAll(' ', '_'),
    class: kind,
    exception: kind === 'success' ? null : `${title.replaceAll(' ', '')}Response`,
  };
});

const byCode = new Map(responseCodes.map((info) => [info.code, info]));

/** `undefined`: no peer knows it. */
export function findResponseCode(code: number): ResponseCode | undefined {
  return byCode.get(code);
}

/** Of listed and unlisted codes; `null`: not one of a response. */
export function responseClass(code: number): ResponseClass | null {
  if (code >= 200 && code < 300) return 'success';
  if (code >= 400 && code < 500) return 'client-error';
  return code >= 500 && code < 600 ? 'server-error' : null;
}
