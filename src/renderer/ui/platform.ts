/** Whether the keys of this machine are those of a Mac. */
export const isMac: boolean = typeof navigator !== 'undefined' && /mac/i.test(navigator.platform);
