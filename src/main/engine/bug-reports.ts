/** Told of errors that are bugs; expected failures are answers instead. */
export type ReportBug = (error: unknown, where: string) => void;

/**
 * The one place where errors that nobody caught end up. A rejected promise is reported and the process goes on; after a thrown
 * exception its state cannot be trusted, and `onFatal` has to end it.
 */
export function catchStrayErrors(report: ReportBug, onFatal: () => void): () => void {
  const onRejection = (reason: unknown): void => report(reason, 'unhandled rejection');
  const onException = (error: unknown): void => {
    report(error, 'uncaught exception');
    onFatal();
  };
  process.on('unhandledRejection', onRejection);
  process.on('uncaughtException', onException);
  return () => {
    process.off('unhandledRejection', onRejection);
    process.off('uncaughtException', onException);
  };
}

/** With its stack, for a log. */
export function describeBug(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
