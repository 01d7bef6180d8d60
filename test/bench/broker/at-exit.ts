const pending = new Set<() => void>();

process.on('exit', () => {
  for (const clean of pending) clean();
});

/** Has something done when the process ends for whatever reason, unless it is taken back before. It may not wait for anything. */
export function atExit(clean: () => void): () => void {
  pending.add(clean);
  return () => void pending.delete(clean);
}

/** Without a handler the process would end without its 'exit' event. */
export function exitOnSignals(): void {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  process.once('SIGHUP', () => process.exit(129));
}
