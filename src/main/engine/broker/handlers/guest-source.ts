/** Of `state`, as JSON: UTF-16 units. */
export const maxStateLength = 65_536;

/**
 * Stands after the script of a handler, in the same module, so that lines keep their numbers. It makes the helpers, turns payloads into bytes and texts
 * and back, calls `handle`, and hands on what is left in `state`.
 */
export const guestSource = `
;const $workbench = (() => {
  const { $workbenchSend: send, $workbenchState: kept } = globalThis;
  const [encoder, decoder, { parse, stringify }] = [new TextEncoder(), new TextDecoder(), JSON];
  const fromBase64 = (text) => Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
  const toBase64 = (bytes) => {
    let text = '';
    for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
    return btoa(text);
  };
  const bytesOf = (value) =>
    value instanceof ArrayBuffer ? new Uint8Array(value) : ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined;
  const wire = (value, what) => {
    if (typeof value === 'string') return { text: value };
    const bytes = bytesOf(value);
    if (bytes) return { base64: toBase64(bytes) };
    const text = stringify(value);
    if (text === undefined) throw new TypeError(what + ' has no form as a payload: give a text, bytes, or what JSON can hold.');
    return { text };
  };
  const readProperties = (given) => given && Object.freeze({ ...given, ...(given.correlationData === undefined ? {} : { correlationData: fromBase64(given.correlationData) }) });
  const writeProperties = (given) => {
    if (given === null || given === undefined) return null;
    const { correlationData } = given;
    if (correlationData === undefined) return given;
    return { ...given, correlationData: toBase64(bytesOf(correlationData) ?? encoder.encode(String(correlationData))) };
  };
  class Message {
    #payload;
    #bytes;
    constructor({ payload, ...facts }) {
      this.#payload = payload;
      Object.assign(this, facts, { client: Object.freeze(facts.client), captures: Object.freeze(facts.captures), properties: readProperties(facts.properties) });
      Object.freeze(this);
    }
    get bytes() {
      return (this.#bytes ??= 'text' in this.#payload ? encoder.encode(this.#payload.text) : fromBase64(this.#payload.base64)).slice();
    }
    get text() {
      return 'text' in this.#payload ? this.#payload.text : decoder.decode(fromBase64(this.#payload.base64));
    }
    get json() {
      try {
        return parse(this.text);
      } catch {
        return undefined;
      }
    }
    reply(payload, options = {}) {
      const { responseTopic, correlationData } = this.properties ?? {};
      const properties = { ...(correlationData === undefined ? {} : { correlationData }), ...options.properties };
      const to = this.client.id === null ? {} : { to: this.client.id };
      return publish(options.topic ?? responseTopic ?? this.topic, payload, { ...to, ...options, ...(Object.keys(properties).length > 0 ? { properties } : {}) });
    }
  }
  class Action {
    constructor(what) {
      Object.assign(this, what);
    }
  }
  const publish = async (topic, payload = '', options = {}) => {
    const { qos, retain, properties, to, ...unknown } = options ?? {};
    for (const name of Object.keys(unknown)) if (name !== 'topic') throw new TypeError('publish: there is no option “' + name + '”.');
    return send({ topic, payload: wire(payload, 'publish: the payload'), qos, retain, to, properties: writeProperties(properties) });
  };
  const define = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  define('publish', publish);
  define('drop', () => new Action({ drop: true }));
  define('refuse', (reason, code) => new Action({ refuse: { reason: reason === undefined ? '' : String(reason), code: code === undefined ? null : code } }));
  define('log', (...values) => console.log(...values));
  define('now', () => Date.now());
  define('uuid', () => crypto.randomUUID());
  define('state', {});

  const isBytes = (value) => bytesOf(value) !== undefined;
  const parts = ['topic', 'payload', 'qos', 'retain', 'properties', 'stop'];
  const change = (value) => {
    if (typeof value === 'string' || isBytes(value)) return { payload: wire(value) };
    if (typeof value !== 'object' || Array.isArray(value)) throw new TypeError('The handler returned ' + (Array.isArray(value) ? 'a list' : typeof value) + ', which is no part of a message: return nothing, a text, bytes, { payload, topic, … }, drop() or refuse().');
    if (value instanceof Message) return { topic: value.topic, payload: wire(value.bytes), qos: value.qos, retain: value.retain, properties: writeProperties(value.properties) };
    const made = {};
    for (const [name, part] of Object.entries(value)) {
      if (!parts.includes(name)) throw new TypeError('The handler returned an object with “' + name + '”, which is no part of a message. For JSON return { payload: … }.');
      if (part !== undefined) made[name] = name === 'payload' ? wire(part, 'The payload') : name === 'properties' ? writeProperties(part) : part;
    }
    return made;
  };
  const resultOf = (event, value) => {
    if (value === undefined || value === null) return null;
    if (value instanceof Action) return { ...value };
    if (event === 'connect') {
      if (value === true) return null;
      if (value === false) return { refuse: { reason: '', code: null } };
      throw new TypeError('The handler returned ' + typeof value + ': return nothing, or refuse(reason).');
    }
    if (event === 'subscribe') return { answers: (Array.isArray(value) ? value : [value]).map(change) };
    return { change: change(value) };
  };

  let last = '{}';
  let loading;
  const loadState = async () => {
    const text = await kept();
    if (typeof text === 'string') {
      globalThis.state = parse(text);
      last = text;
    }
  };
  const run = async (event, given) => {
    if (typeof handle !== 'function') throw new TypeError('The script has to export a function named handle: export const handle = (message) => { … }');
    await (loading ??= loadState());
    const about = event === 'publish' ? new Message(given) : Object.freeze({ ...given, client: Object.freeze(given.client), captures: Object.freeze(given.captures ?? {}) });
    // What has changed in \`state\`, as text; it goes with the result, or alone where there is none.
    const left = () => {
      const text = stringify(globalThis.state);
      if (text === last) return undefined;
      if (text === undefined || text.length > ${maxStateLength}) {
        globalThis.state = parse(last);
        throw new RangeError(text === undefined ? 'state has to be something that JSON can hold.' : 'state is ' + text.length + ' characters of JSON, and no more than ${maxStateLength} are kept: it is as it was before this call.');
      }
      return (last = text);
    };
    let result;
    try {
      result = resultOf(event, await handle(about));
    } catch (error) {
      const text = left();
      if (text !== undefined) await kept(text);
      throw error;
    }
    return { result, state: left() };
  };
  return { run };
})();
export const $workbenchRun = (event, given) => $workbench.run(event, given);
export const $workbenchLoad = () => {
  if (typeof handle !== 'function') throw new TypeError('The script has to export a function named handle: export const handle = (message) => { … }');
};
`;
