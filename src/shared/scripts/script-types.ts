/** Declarations for the script editor: what a script of some kind may use. TypeScript's own form (`.d.ts`). */
export interface ScriptTypes {
  /** The same name: the same text. */
  readonly name: string;
  readonly text: string;
}

const language: ScriptTypes = {
  name: 'language',
  text: `
/** Waits. \`await sleep(500)\` goes on half a second later. */
declare function sleep(ms?: number): Promise<void>;
/** Lines for the log; at most 200 in one call. */
declare const console: {
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
  debug(...values: unknown[]): void;
  /** Writes only when the condition is not true. */
  assert(condition: unknown, ...values: unknown[]): void;
};
declare function setTimeout(run: (...args: any[]) => void, ms?: number, ...args: unknown[]): number;
declare function clearTimeout(id: number): void;
declare function queueMicrotask(run: () => void): void;
/** Base64 of bytes, which are characters up to U+00FF. */
declare function btoa(bytes: string): string;
/** Bytes, as characters up to U+00FF, of Base64. */
declare function atob(base64: string): string;
declare class TextEncoder {
  readonly encoding: 'utf-8';
  encode(text?: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label?: 'utf-8', options?: { fatal?: boolean; ignoreBOM?: boolean });
  readonly encoding: 'utf-8';
  decode(bytes?: ArrayBuffer | ArrayBufferView): string;
}
declare const crypto: {
  randomUUID(): string;
  getRandomValues<T extends ArrayBufferView>(array: T): T;
};
/** What JSON can hold. Whole numbers beyond 2^53 are \`bigint\`. */
type Json = any;
`,
};

/** Who makes the calls: `this node`. */
const messages = (self: string): ScriptTypes => ({
  name: `messages of ${self}`,
  text: `
interface RpcCallOptions {
  /** Else that of ${self}. */
  timeoutMs?: number;
  dialect?: string;
  replyTo?: string;
}
/** Calls a method of a peer as ${self}. Throws when the answer is an error or does not come: \`error.code\` is its name, such as RPC_TIMEOUT. */
declare function call(topic: string, method: string, params?: Json, options?: RpcCallOptions): Promise<Json>;
/** Publishes in the session of ${self}: texts as they are, anything else as JSON. */
declare function publish(topic: string, payload: Json, options?: { qos?: 0 | 1; retain?: boolean }): Promise<void>;
`,
});

const node: ScriptTypes = {
  name: 'node',
  text: `
/** A call that has come in. */
interface RpcRequest {
  readonly method: string;
  /** Where it came in. */
  readonly topic: string;
  /** Who calls, in their own words: nobody checks it. */
  readonly callerId: string;
}
/** Works out the answer of a method. What it throws is answered as an error. */
type Answer = (params: Json, request: RpcRequest) => Json | Promise<Json>;
/** Decides about a call: only \`true\` allows it. */
type Rule = (request: RpcRequest & { readonly params: Json }) => boolean | Promise<boolean>;
`,
};

const mock: ScriptTypes = {
  name: 'mock',
  text: `
/** A request that has come in. */
interface MockRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'FETCH' | 'PATCH' | 'iPATCH';
  /** Without the leading slash. */
  readonly path: string;
  /** Of the resource, as it is now. */
  readonly state: Json;
  /** Who asks, in their own words; over UDP the address. */
  readonly callerId: string;
  /** Arguments of the query, over UDP. */
  readonly query: readonly string[];
  readonly via: 'mqtt' | 'udp';
}
interface MockResponse {
  /** Such as 205 for 2.05. */
  code: number;
  body?: Json;
  /** Of what was created. */
  location?: string;
  /** The new state of the resource. */
  state?: Json;
}
/** Works out a response: the whole of it, or just its body. What it throws is answered with 500. */
type Respond = (body: Json, request: MockRequest) => Json | MockResponse | Promise<Json | MockResponse>;
`,
};

const handler: ScriptTypes = {
  name: 'handler',
  text: `
/** A message as it was on the wire. What is changed in it, later handlers and the caller see as well. */
interface GfMessage {
  header: {
    request_id?: string;
    path?: string;
    correlation_id?: string | null;
    source?: string | null;
    token?: string | null;
    /** Of a request. */
    method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
    /** Of a response, such as 205. */
    response_code?: number;
    [name: string]: Json;
  };
  body?: Json;
  timestamp?: number | string;
  [name: string]: Json;
}
interface AboutMessage {
  readonly topic: string;
  /** Tag of the device, from the topic. */
  readonly device: string | null;
  readonly subsystem: string | null;
  /** A call of this client waits for it. */
  readonly awaited: boolean;
}
interface GfResponse {
  /** Such as 205. */
  code: number;
  body?: Json;
  /** Of what was created. */
  location?: string;
}
/**
 * Handles a message. Of a request, what it returns is the response, or just its body; of a response, anything but nothing completes the call that waits.
 * Nothing: only looked on.
 */
type Handle = (message: GfMessage, about: AboutMessage) => Json | GfResponse | void | Promise<Json | GfResponse | void>;
/** Stands for the class of its code, such as NotFoundResponse. Raised in a handler, it fails the waiting call; for a request nothing is published. Any other error ends the receive loop of a real client. */
declare class ResponseException extends Error {
  constructor(code: number, detail?: string | null);
  readonly code: number;
  readonly detail: string | null;
}
`,
};

const hook: ScriptTypes = {
  name: 'hook',
  text: `
/** Variables by name. What is set here is there for the requests that come after. */
type Variables = Record<string, string>;
interface ScriptResponse {
  readonly status: 'ok' | 'failed' | 'timed-out';
  /** Of a call that went well. */
  readonly result?: Json;
  /** Of one that did not. */
  readonly error?: {
    /** Such as METHOD_NOT_FOUND, PERMISSION_DENIED, RPC_TIMEOUT. */
    readonly name: string;
    readonly code: number;
    /** \`remote\`: the peer answered it. */
    readonly origin: 'local' | 'remote';
    readonly message: string;
    /** What the peer itself said. */
    readonly peerText?: string;
    readonly data?: Json;
  };
  readonly elapsedMs: number | null;
}
interface Expectation {
  /** The same value. */
  toBe(expected: unknown): void;
  /** The same JSON. */
  toEqual(expected: unknown): void;
  toBeGreaterThan(limit: number | bigint): void;
  toBeGreaterThanOrEqual(limit: number | bigint): void;
  toBeLessThan(limit: number | bigint): void;
  toBeLessThanOrEqual(limit: number | bigint): void;
  /** Equal when rounded to so many digits after the point; 2 of them unless told. */
  toBeCloseTo(expected: number, digits?: number): void;
  /** A regular expression, or a part of the text. */
  toMatch(pattern: RegExp | string): void;
  /** A part of a text, or an item of a list. */
  toContain(part: unknown): void;
  toHaveLength(length: number): void;
  /** A path such as \`a.b[0]\`, or a list of keys; with a value also what is there. */
  toHaveProperty(path: string | readonly string[], expected?: unknown): void;
  toBeTypeOf(type: 'string' | 'number' | 'boolean' | 'object' | 'array' | 'null' | 'bigint' | 'undefined'): void;
  toBeTruthy(): void;
  toBeFalsy(): void;
  toBeNull(): void;
  toBeUndefined(): void;
  toBeDefined(): void;
}
/** Each use is one assertion of the run; the first that does not hold ends the script. \`what\` names it in the report. */
type Expect = (actual: unknown, what?: string) => Expectation & { readonly not: Expectation };
/** Runs before the request is filled in and sent. */
type Before = (variables: Variables) => void | Promise<void>;
/** Runs when the answer has come. */
type After = (response: ScriptResponse, variables: Variables, expect: Expect) => void | Promise<void>;
`,
};

const brokerHandler: ScriptTypes = {
  name: 'broker handler',
  text: `
interface HandlerClient {
  /** Client id; \`null\`: the workbench itself. */
  readonly id: string | null;
  readonly username: string | null;
  /** Such as 3.1.1. */
  readonly version: string | null;
  readonly address: string | null;
  /** Id of the listener it came through. */
  readonly listener: string | null;
}
/** A text as it is, bytes, or anything else as JSON. */
type Payload = string | Uint8Array | Json;
interface MessageProperties {
  payloadFormatIndicator?: 0 | 1;
  /** Seconds. */
  messageExpiryInterval?: number;
  contentType?: string;
  responseTopic?: string;
  correlationData?: Uint8Array | string;
  userProperties?: readonly (readonly [name: string, value: string])[];
}
interface PublishOptions {
  qos?: 0 | 1 | 2;
  retain?: boolean;
  /** MQTT 5. */
  properties?: MessageProperties;
  /** To this client alone. */
  to?: string;
}
interface MessageParts {
  topic?: string;
  payload?: Payload;
  qos?: 0 | 1 | 2;
  retain?: boolean;
  properties?: MessageProperties | null;
  /** Handlers after this one are not asked. */
  stop?: boolean;
}
/** A message that a client publishes. It cannot be changed in place: return what is to be other. */
interface HandlerMessage {
  readonly topic: string;
  /** The payload as text, as bytes, and as JSON (\`undefined\` where it is none). */
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly json: Json;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly properties: (MessageProperties & { readonly correlationData?: Uint8Array }) | null;
  /** The last will of a client that was lost. */
  readonly will: boolean;
  readonly client: HandlerClient;
  /** Levels of the topic by the names in the pattern. */
  readonly captures: Readonly<Record<string, string>>;
  /** To its publisher alone, on its response topic or else on its own; correlation data goes along. */
  reply(payload: Payload, options?: PublishOptions & { topic?: string }): Promise<void>;
}
interface HandlerSubscription {
  /** As the client sent it. */
  readonly filter: string;
  /** As granted. */
  readonly qos: 0 | 1 | 2;
  readonly client: HandlerClient;
  readonly captures: Readonly<Record<string, string>>;
}
interface HandlerConnect {
  readonly client: HandlerClient;
  readonly cleanStart: boolean;
  /** Seconds. */
  readonly keepAlive: number;
  readonly hasPassword: boolean;
  readonly will: { readonly topic: string; readonly qos: number; readonly retain: boolean } | null;
}
interface HandlerDisconnect {
  readonly client: HandlerClient;
  readonly ended: 'client-said-goodbye' | 'lost' | 'taken-over' | 'closed-by-broker';
}
declare class HandlerAction {
  private readonly action: true;
}
type Maybe<T> = T | void | null | Promise<T | void | null>;
/** Nothing: the message goes on as it is. A text or bytes: the new payload. */
type OnPublish = (message: HandlerMessage) => Maybe<string | Uint8Array | MessageParts | HandlerAction>;
/** What it returns is sent to that client alone, on the filter as topic or the topic given. */
type OnSubscribe = (subscription: HandlerSubscription) => Maybe<string | Uint8Array | MessageParts | readonly (string | Uint8Array | MessageParts)[]>;
/** \`false\` or \`refuse(…)\`: it does not get in. */
type OnConnect = (connect: HandlerConnect) => Maybe<boolean | HandlerAction>;
type OnDisconnect = (disconnect: HandlerDisconnect) => void | Promise<void>;
/** The message goes nowhere; its publisher does not notice. */
declare function drop(): HandlerAction;
/** The message, or the client, is refused; MQTT 5 clients are told the reason and the code (0x87 unless given). */
declare function refuse(reason?: string, code?: number): HandlerAction;
/** Publishes as the broker. No handler is asked about it. */
declare function publish(topic: string, payload?: Payload, options?: PublishOptions): Promise<void>;
/** Into the console. */
declare function log(...values: unknown[]): void;
/** Unix time in ms. */
declare function now(): number;
declare function uuid(): string;
/** Of this handler: kept from one call to the next, when its script is changed, and when a limit stops it. At most 64 KiB of JSON. */
declare let state: Json;
`,
};

/** Of scripts that answer calls, and of scripted rules. */
export const nodeScriptTypes: readonly ScriptTypes[] = [language, node, messages('this node')];
/** Of scripts that answer for a mock device. */
export const mockScriptTypes: readonly ScriptTypes[] = [language, mock, messages('this device')];
/** Of the script of a saved request. */
export const hookScriptTypes: readonly ScriptTypes[] = [language, hook];
/** Of handlers for requests and responses of gf_mqtt_client. */
export const handlerScriptTypes: readonly ScriptTypes[] = [language, handler];
/** Of handlers in the local broker. */
export const brokerHandlerScriptTypes: readonly ScriptTypes[] = [language, brokerHandler];
