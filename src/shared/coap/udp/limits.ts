export const coapUdpLimits = {
  /** Of a payload, and of a response in blocks. */
  bodyBytes: 4 * 1024 * 1024,
  /** At once. */
  requests: 32,
  observations: 32,
  logMessages: 5000,
  logBytes: 16 * 1024 * 1024,
  servers: 200,
  /** Of all servers together. */
  resources: 20_000,
} as const;
