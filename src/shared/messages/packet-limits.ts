/** How much a recording of packets may be told to keep: packets, and bytes of them. */
export const packetLimitBounds = { packets: { min: 1000, max: 1_000_000 }, bytes: { min: 1_048_576, max: 536_870_912 } } as const;
