/** How much may be asked for at once, of a call that is repeated or goes to many peers, or in a list of requests. */
export const batchLimits = { times: 1_000_000, peers: 10_000, requests: 500, inFlight: 100, delayMs: 3_600_000, peerCharacters: 4_000_000 } as const;
