import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { isEntryPath } from '../collections/entry-path.ts';
import { rpcErrorNames } from '../rpc/rpc-error.ts';
import { noInput, sourceIdSchema, type Problem } from './common.ts';
import { environmentIdSchema, plainVariablesSchema, variableNameSchema } from './environments.ts';
import { callPropertiesSchema, dialectIdSchema, gfEnvelopeSchema } from './rpc.ts';
import { savedCoapFields } from './saved-coap-request.ts';

/** In a file: a text of several lines may stand as a list of its lines, so that changes are easy to review. */
const nameSchema = z.string().trim().min(1, 'Give it a name.').max(200);
const descriptionSchema = z.string().max(20_000).default('');
const pathSchema = z.string().min(1).max(2000);

/**
 * JSONPath (RFC 9535) into the result, or of a failed call into its error (`name`, `code`, `message`, `origin`, `data`, …). Where it finds several values, each has to
 * satisfy the operator, and there has to be one at least. `less` and `greater` compare numbers; `matches` takes a regular expression that has to be found
 * in the text, with the value's JSON for other values.
 */
const pathAssertionSchema = z.discriminatedUnion('operator', [
  z.strictObject({ kind: z.literal('path'), path: pathSchema, operator: z.literal('exists') }),
  z.strictObject({ kind: z.literal('path'), path: pathSchema, operator: z.literal('not-exists') }),
  z.strictObject({ kind: z.literal('path'), path: pathSchema, operator: z.enum(['equals', 'not-equals', 'less', 'greater']), value: z.json() }),
  z.strictObject({ kind: z.literal('path'), path: pathSchema, operator: z.literal('matches'), value: z.string().max(2000) }),
]);

/** Path, texts in `value`, and in `matches` the expression, may hold `{{variables}}`. `"{{name}}"` alone stands for the text and for what it says as JSON: a number, `true`, a list. */
const assertionSchema = z.discriminatedUnion('kind', [
  /** Without one of these a call has to be `ok`. `failed`: with any error but a time-out; `error` says which. */
  z.strictObject({ kind: z.literal('status'), is: z.enum(['ok', 'failed', 'timed-out']), error: z.enum(rpcErrorNames).optional() }),
  /** Of a response over CoAP: the code, or the class, such as `4.xx`. Beside it the status is not asserted unless it stands there. */
  z.strictObject({ kind: z.literal('code'), is: z.string().regex(/^[245]\.(?:[0-2]\d|3[01]|xx)$/, 'A code such as 2.05, or a class such as 4.xx.') }),
  pathAssertionSchema,
  /** JSON Schema 2020-12. References lead only into the schema itself. `path`: what is validated instead of the whole; each value it finds. */
  z.strictObject({ kind: z.literal('schema'), path: pathSchema.optional(), schema: z.union([z.boolean(), z.record(z.string(), z.json())]) }),
  /** From the request to the answer. */
  z.strictObject({ kind: z.literal('time'), belowMs: z.number().min(0).max(86_400_000) }),
]);

export type Assertion = z.infer<typeof assertionSchema>;

const captureSchema = z.strictObject({
  name: variableNameSchema,
  /** The first value that the JSONPath finds: a text as it is, everything else as JSON. Finding nothing fails the request. */
  path: pathSchema,
});
export type Capture = z.infer<typeof captureSchema>;

/** What all kinds of requests have. */
const requestFields = {
  name: nameSchema,
  description: descriptionSchema,
  assertions: z.array(assertionSchema).max(200).default([]),
  /** From the result into variables, for the requests after this one. */
  captures: z.array(captureSchema).max(100).default([]),
  /**
   * JavaScript, run in the sandbox: `function before(variables)` and `function after(response, variables, expect)`, both may be async. Members of `variables` that
   * are set are there for this request (in `before`) and those after it. Throwing fails the request.
   */
  script: z.string().max(250_000).default(''),
};

/** A call over RPC. Topic, method, params, reply topic and caller id may hold `{{variables}}`. */
const savedCallSchema = z.strictObject({
  kind: z.literal('rpc'),
  name: requestFields.name,
  description: requestFields.description,
  /** `auto`: the one that was last heard on the topic, see `DialectChoice`. */
  dialect: z.union([dialectIdSchema, z.literal('auto')]).default('mqttxx2'),
  topic: z.string().max(65_535),
  method: z.string().max(1000),
  /** JSON text; empty: `null`. */
  params: z.string().max(1_048_576).default(''),
  timeoutMs: z.int().min(1).max(86_400_000).default(30_000),
  replyTo: z.string().max(65_535).optional(),
  callerId: z.string().max(1000).optional(),
  /** Values of user properties may hold variables as well. */
  properties: callPropertiesSchema.optional(),
  /** Only in `gf`. Token, correlation id and request id may hold variables. */
  envelope: gfEnvelopeSchema.optional(),
  assertions: requestFields.assertions,
  captures: requestFields.captures,
  script: requestFields.script,
});
export type SavedCall = z.infer<typeof savedCallSchema>;

/** A request of CoAP over UDP. It needs no broker. */
const savedCoapRequestSchema = z.strictObject({
  kind: z.literal('coap'),
  name: requestFields.name,
  description: requestFields.description,
  ...savedCoapFields,
  assertions: requestFields.assertions,
  captures: requestFields.captures,
  script: requestFields.script,
});
export type SavedCoapRequest = z.infer<typeof savedCoapRequestSchema>;

/** `<name>.request.json`, beside `version`. */
export const savedRequestSchema = z.discriminatedUnion('kind', [savedCallSchema, savedCoapRequestSchema]);
export type SavedRequest = z.infer<typeof savedRequestSchema>;
export type SavedRequestInput = z.input<typeof savedRequestSchema>;

/** `collection.json`, beside `version`. */
export const collectionSettingsSchema = z.strictObject({
  name: nameSchema,
  description: descriptionSchema,
  /** They win over those of the environment, and captured ones over them. */
  variables: plainVariablesSchema.default([]),
  /** Paths below the collection that stand first among their neighbours, in this order; the others follow by name. `collections.move` keeps it. */
  order: z.array(z.string().min(1).max(2600)).max(20_000).default([]),
});
export type CollectionSettings = z.infer<typeof collectionSettingsSchema>;

/** The path below `collections/` in the workspace, with `/`: `Thermostat/Basics/Get status.request.json`. */
const entryIdSchema = z.string().min(1).max(2600).refine(isEntryPath, 'That is no path of a collection.');

/** One row of the tree. */
export interface CollectionEntry {
  readonly id: string;
  readonly kind: 'collection' | 'folder' | 'request';
  /** `null` for a collection. */
  readonly parentId: string | null;
  /** 0 for a collection. */
  readonly depth: number;
  readonly name: string;
  /** What is wrong with the file or folder, which is left as it is. */
  readonly problem: Problem | null;
  /** Of a request that can be read. Over CoAP `topic` is the address. */
  readonly request: { readonly kind: SavedRequest['kind']; readonly topic: string; readonly method: string; readonly assertions: number } | null;
  /** Of a collection or folder: requests at any depth below it. */
  readonly requests: number;
}

export interface CollectionsView {
  /** Parents before their children, in the order in which they run. */
  readonly entries: readonly CollectionEntry[];
  /** Beyond 20,000 entries, nested deeper than 10 levels, or with a name that not every system takes, nothing is listed: so many were met. */
  readonly leftOut: number;
  /** Why, in sentences; `null`: none are left out. */
  readonly leftOutWhy: string | null;
  /** The folder itself cannot be read. */
  readonly problem: Problem | null;
}

/** Of a file as it was read. */
interface FileState {
  /** For saving: notices what another program did meanwhile. */
  readonly revision: string;
  /** Why there is no content. */
  readonly problem: Problem | null;
  /** Of a file that cannot be used: its text, at most 64 KiB. */
  readonly text: string | null;
}
export interface RequestFile extends FileState {
  readonly request: SavedRequest | null;
}
export interface CollectionFile extends FileState {
  readonly settings: CollectionSettings | null;
}

const created = call<{ readonly id: string }>();
/** As it was read. Rejects with `invalid-state` and data `{ reason: 'changed' }` when the file is another by now. Absent: whatever is there is replaced. */
const revisionSchema = z.string().max(100).optional();

const runSchema = z.strictObject({
  /** A collection, a folder or one request. */
  id: entryIdSchema,
  source: sourceIdSchema,
  /** `null`: without one. */
  environmentId: environmentIdSchema.nullable(),
  /** They win over those of the collection. */
  variables: z.record(variableNameSchema, z.string().max(65_536)).default({}),
  iterations: z.int().min(1).max(10_000).default(1),
  /** Between the end of a request and the next one. */
  delayMs: z.int().min(0).max(600_000).default(0),
  stopOnFailure: z.boolean().default(false),
  /** Of the requests below it only these, in their own order. Absent: all. */
  only: z.array(entryIdSchema).min(1).max(20_000).optional(),
});
export type RunInput = z.input<typeof runSchema>;

export interface AssertionResult {
  /** `script`: what `expect` in the script checked; `capture`: a capture that found nothing. */
  readonly kind: Assertion['kind'] | 'script' | 'capture';
  /** What is asserted, in words: `$.target equals 21.5`. */
  readonly label: string;
  readonly passed: boolean;
  /** Texts, cut to 2,000 characters. Secrets are shown as dots. */
  readonly expected: string;
  readonly actual: string;
  /** Why it failed, a sentence; empty when it passed. */
  readonly message: string;
}

export interface RunResult {
  /** From 1. */
  readonly iteration: number;
  /** In `requests` of the `started` event. */
  readonly index: number;
  /** `skipped`: not run, as the run was stopped by a failure. `cancelled`: under way, or to come, when the run was cancelled. */
  readonly state: 'passed' | 'failed' | 'skipped' | 'cancelled';
  /** Why nothing was sent, or what the script did wrong. */
  readonly problem: (Problem & { readonly line?: number | undefined }) | null;
  /** In the list of all calls. */
  readonly callId: number | null;
  /** In the history of requests over UDP. */
  readonly coapId: number | null;
  readonly elapsedMs: number | null;
  readonly assertions: readonly AssertionResult[];
  readonly captured: readonly { readonly name: string; readonly value: string }[];
  /** What the script wrote to its console, the first 100 lines. */
  readonly log: readonly { readonly level: string; readonly text: string }[];
}

export interface RunRequest {
  readonly id: string;
  readonly name: string;
  /** Names of the folders between the collection and the request, with ` / `; empty: none. */
  readonly folder: string;
  /** The file cannot be used: the request fails. */
  readonly problem: Problem | null;
}

export interface RunSummary {
  /** `stopped`: by the first failure, as asked. */
  readonly state: 'finished' | 'stopped' | 'cancelled';
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cancelled: number;
  readonly assertionsPassed: number;
  readonly assertionsFailed: number;
  readonly elapsedMs: number;
}

/**
 * One `started`, then for each request `running` and `result`, in the order they run; one `ended` last. After a stop or cancel those to come in the same iteration have a
 * `result` without `running`; the iterations after it are in the numbers of the summary only.
 */
export type RunEvent =
  | { readonly type: 'started'; readonly name: string; readonly requests: readonly RunRequest[]; readonly iterations: number }
  | { readonly type: 'running'; readonly iteration: number; readonly index: number }
  | { readonly type: 'result'; readonly result: RunResult }
  | { readonly type: 'ended'; readonly summary: RunSummary };

export const collectionsContract = {
  /** Again after changes, those made by other programs as well. */
  'collections.watch': stream<CollectionsView>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** Reads the folder again: where the system tells of no changes, such as on some network drives. */
  'collections.refresh': call<void>()(noInput),
  'collections.read': call<RequestFile>()(z.strictObject({ id: entryIdSchema })),
  /** Replaces the content; the file keeps its name, for which there is `collections.rename`. */
  'collections.save': call<{ readonly revision: string }>()(z.strictObject({ id: entryIdSchema, request: savedRequestSchema, revision: revisionSchema })),
  'collections.readSettings': call<CollectionFile>()(z.strictObject({ id: entryIdSchema })),
  /** Of the settings, `order` stays as it is. */
  'collections.saveSettings': call<{ readonly revision: string }>()(
    z.strictObject({ id: entryIdSchema, settings: collectionSettingsSchema.omit({ order: true }), revision: revisionSchema }),
  ),
  /** Names of files and folders are made from the name; where they cannot be the same, a number is added. */
  'collections.create': created(z.strictObject({ name: nameSchema })),
  'collections.createFolder': created(z.strictObject({ parentId: entryIdSchema, name: nameSchema })),
  'collections.createRequest': created(z.strictObject({ parentId: entryIdSchema, request: savedRequestSchema })),
  /** A request or folder with all below it, as a neighbour; a collection as well. */
  'collections.duplicate': created(z.strictObject({ id: entryIdSchema })),
  /** Name and file name; answers with the new id. */
  'collections.rename': created(z.strictObject({ id: entryIdSchema, name: nameSchema })),
  /** Into another folder or collection, or to another place in its own; `before`: the entry that it is to stand before, `null`: last. Answers with the new id. */
  'collections.move': created(z.strictObject({ id: entryIdSchema, parentId: entryIdSchema, before: entryIdSchema.nullable() })),
  /** With all below it. There is no way back: ask before. */
  'collections.remove': call<void>()(z.strictObject({ id: entryIdSchema })),
  /** Closing the stream cancels the run at once. A page that lost its link has to close it as well: opened again, it would run everything again. */
  'collections.run': stream<RunEvent>()(runSchema, { overflow: 'wait', window: 64 }),
} as const;
