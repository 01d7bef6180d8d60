/**
 * Entry of the broker worker: beside the bundle when this code is bundled, the source file when it runs from source
 * (Node strips the types in workers too).
 */
export function brokerWorkerUrl(ownUrl: string = import.meta.url): URL {
  return new URL(ownUrl.endsWith('.ts') ? './broker-worker.ts' : './broker-worker.js', ownUrl);
}
