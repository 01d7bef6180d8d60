/**
 * Names under which page code may create Trusted Types policies. A second policy of the same name is refused, so a
 * library that asks twice has to be given the first one again (Monaco: `MonacoEnvironment.createTrustedTypesPolicy`).
 */
const trustedTypesPolicies = [
  'app-worker',
  // Monaco: rendering of lines, widgets and hovers, and its worker loader.
  'defaultWorkerFactory',
  'diffEditorWidget',
  'diffReview',
  'domLineBreaksComputer',
  'editorGhostText',
  'editorViewLayer',
  'richScreenReaderContent',
  'standaloneColorizer',
  'stickyScrollViewLayer',
  'tokenizeToString',
  'dompurify',
] as const;

/** Sent by both hosts with every response, so that workers fall under it as well. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // Virtual lists and the editor position their rows with style attributes.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "worker-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  `trusted-types ${trustedTypesPolicies.join(' ')}`,
].join('; ');

/** Headers of every response of either host. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
