// The bundler gives such a module its address as the default export, which no other tool can know.
// oxlint-disable-next-line import/default
import editorWorkerUrl from 'monaco-editor/editor/editor.worker?worker&url';
// oxlint-disable-next-line import/default
import jsonWorkerUrl from 'monaco-editor/languages/features/json/json.worker?worker&url';
// oxlint-disable-next-line import/default
import scriptWorkerUrl from 'monaco-editor/languages/features/typescript/ts.worker?worker&url';

// The DOM library has no Trusted Types yet; this is the part that is used here.
interface TrustedPolicy {
  createScriptURL(url: string): string;
}
interface TrustedTypesFactory {
  createPolicy(name: string, rules: object): TrustedPolicy;
}
interface MonacoEnvironment {
  getWorker(workerId: string, label: string): Worker;
  createTrustedTypesPolicy(name: string, rules: object): TrustedPolicy | undefined;
}

/** Tells the editor how to start its workers, under a policy that knows exactly three addresses. Once, before the editor is loaded. */
export function allowEditorWorkers(): void {
  const factory = (globalThis as { readonly trustedTypes?: TrustedTypesFactory }).trustedTypes;
  const allowed = new Set([editorWorkerUrl, jsonWorkerUrl, scriptWorkerUrl].map(absolute));
  const workers = factory?.createPolicy('app-worker', {
    createScriptURL: (url: string) => {
      if (!allowed.has(url)) throw new TypeError(`The page starts no worker from ${url}`);
      return url;
    },
  });
  const policies = new Map<string, TrustedPolicy>();
  const environment: MonacoEnvironment = {
    getWorker: (_workerId, label) => {
      const url = absolute(label === 'json' ? jsonWorkerUrl : label === 'javascript' ? scriptWorkerUrl : editorWorkerUrl);
      return new Worker(workers ? workers.createScriptURL(url) : url, { type: 'module', name: label });
    },
    // Some of the editor's parts ask for the same policy twice, which the browser refuses.
    createTrustedTypesPolicy: (name, rules) => {
      const policy = policies.get(name) ?? factory?.createPolicy(name, rules);
      if (policy) policies.set(name, policy);
      return policy;
    },
  };
  (globalThis as { MonacoEnvironment?: MonacoEnvironment }).MonacoEnvironment = environment;
}

function absolute(url: string): string {
  return new URL(url, document.baseURI).href;
}
