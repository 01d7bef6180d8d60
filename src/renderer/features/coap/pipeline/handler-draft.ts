import type { GfHandler, GfPipeline } from '../../../../shared/contract/coap-pipeline.ts';

/** A handler as it is being written: its script waits while it has none. */
export interface HandlerDraft {
  readonly handler: GfHandler;
  readonly script: string;
}

const firstScripts: Readonly<Record<GfHandler['kind'], string>> = {
  request: `// What it returns answers the request: a body, or { code, body, location }. Without a value it only looks on.
/** @type {Handle} */
export const handle = (message, about) => {
  return { device: about.device, path: message.header.path };
};
`,
  response: `// What is changed here, the next handlers and the caller see as well. Returning a value completes the call.
/** @type {Handle} */
export const handle = (message, about) => {
  message.body = { value: message.body, from: about.device };
  return message;
};
`,
};

const isFirst = (script: string): boolean => Object.values(firstScripts).includes(script);

export const draftOf = (handler: GfHandler): HandlerDraft => ({
  handler,
  script: handler.transform.kind === 'script' ? handler.transform.source : firstScripts[handler.kind],
});

/** What is saved. */
export function handlerOf({ handler, script }: HandlerDraft): GfHandler {
  const { name, kind, match, transform, raiseExceptions } = handler;
  return {
    ...handler,
    name: name.trim(),
    match: { ...match, methods: kind === 'request' ? match.methods : [], codes: kind === 'response' ? match.codes : [] },
    transform: transform.kind === 'none' ? transform : { kind: 'script', source: script },
    raiseExceptions: kind === 'response' && raiseExceptions,
  };
}

/** As another kind, with what handlers of that kind begin with; a script that was not written yet becomes the one of the kind. */
export function withKind({ handler, script }: HandlerDraft, kind: GfHandler['kind']): HandlerDraft {
  return {
    handler: { ...handler, kind, propagate: kind === 'request', raiseExceptions: kind === 'response' },
    script: isFirst(script) ? firstScripts[kind] : script,
  };
}

/** `undefined`: nothing. */
export function draftProblem({ handler, script }: HandlerDraft): { readonly name?: string; readonly script?: string } | undefined {
  const problems = {
    ...(handler.name.trim() === '' ? { name: 'Give the handler a name.' } : {}),
    ...(handler.transform.kind === 'none' ? {} : script.length > 262_144 ? { script: 'The script is longer than 262,144 characters.' } : {}),
    ...(handler.transform.kind === 'script' && script.trim() === ''
      ? { script: 'Write a script that exports a function: export const handle = (message) => message' }
      : {}),
  };
  return Object.keys(problems).length === 0 ? undefined : problems;
}

const any = { device: '', subsystem: '', path: '', methods: [], codes: [] } as const;

/** As RequestHandlerBase and ResponseHandlerBase begin. */
export function newHandler(kind: GfHandler['kind'], id: string, others: readonly GfHandler[]): GfHandler {
  const taken = new Set(others.map(({ name }) => name));
  const base = kind === 'request' ? 'Request handler' : 'Response handler';
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base} ${number}`;
  const isRequest = kind === 'request';
  return {
    ...{ id, name, kind, enabled: true, propagate: isRequest, raiseExceptions: !isRequest },
    match: { ...any, methods: [], codes: [] },
    transform: { kind: 'script', source: firstScripts[kind] },
  };
}

/** A device that answers at once, and a response handler that shows what it changed. */
export function exampleHandlers(id: () => string): readonly GfHandler[] {
  return [
    {
      ...newHandler('request', id(), []),
      name: 'Log every request',
      transform: {
        kind: 'script',
        source: '/** @type {Handle} */\nexport const handle = ({ header }) => {\n  console.log(header.method, header.path, "from", header.source);\n};\n',
      },
    },
    {
      ...newHandler('request', id(), []),
      name: 'Answer GET gains',
      match: { ...any, path: 'gains', methods: ['GET'], codes: [] },
      propagate: false,
      transform: { kind: 'script', source: '/** @type {Handle} */\nexport const handle = () => ({ code: 205, body: [0, 1, 2, 3, 4] });\n' },
    },
    {
      ...newHandler('request', id(), []),
      name: 'Refuse everything else',
      propagate: false,
      transform: {
        kind: 'script',
        source: '/** @type {Handle} */\nexport const handle = ({ header }) => ({ code: 404, body: `There is no ${header.path} here.` });\n',
      },
    },
    {
      ...newHandler('response', id(), []),
      name: 'Sum up lists',
      transform: {
        kind: 'script',
        source:
          '/** @type {Handle} */\nexport const handle = (message) => {\n  if (Array.isArray(message.body)) message.body = { items: message.body, sum: message.body.reduce((sum, item) => sum + item, 0) };\n  return message;\n};\n',
      },
    },
  ];
}

/** One handler up or down; the same list where there is no such place. */
export function moved(handlers: GfPipeline['handlers'], id: string, by: -1 | 1): GfPipeline['handlers'] {
  const at = handlers.findIndex((one) => one.id === id);
  const [one, other] = [handlers[at], handlers[at + by]];
  return one && other ? handlers.with(at, other).with(at + by, one) : handlers;
}
