/**
 * Stands after the script of a handler, in the same module, so that lines keep their numbers. It calls `handle`, and brings `ResponseException`. In Python a handler changes the message that all others see as
 * well, so the message goes back with what was returned.
 */
export const guestSource = `
;globalThis.ResponseException = class ResponseException extends Error {
  constructor(code, detail = null) {
    super(detail === null ? String(code) : String(detail));
    this.name = 'ResponseException';
    this.code = code;
    this.detail = detail;
  }
};
export async function $workbenchHandle(message, about) {
  if (typeof handle !== 'function') throw new TypeError('The script has to export a function named "handle".');
  try {
    const value = await handle(message, about);
    return { message, value: value === undefined ? null : value };
  } catch (error) {
    if (!(error instanceof globalThis.ResponseException)) throw error;
    return { message, raised: { code: error.code, detail: error.detail === null ? null : String(error.detail) } };
  }
}
`;
