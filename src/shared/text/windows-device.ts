/** `com¹` and its like count as well. */
const devices = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?=\.|$)/i;

/** Whether Windows keeps a name, with any ending, for a device: no file can be called so there. */
export const isWindowsDevice = (name: string): boolean => devices.test(name);
