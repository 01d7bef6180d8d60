/** Deeper than anything meant for reading, and far from the end of the stack. */
export const maxDepth = 200;
/** Values in one payload: some tens of megabytes of memory. */
export const maxValues = 1_000_000;
/** Characters of a decoded text, and bytes of an unpacked payload: what the page shows at once. */
export const maxTextLength = 20_971_520;
