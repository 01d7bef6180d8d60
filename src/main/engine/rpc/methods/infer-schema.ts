import type { JsonSchema } from '../../../../shared/contract/rpc.ts';
import { exactDigits } from '../../../../shared/rpc/exact-number.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { isList } from '../../../../shared/rpc/is-list.ts';

/** Deeper than this, only the type of a value is noted. */
const maxDepth = 12;
const maxProperties = 64;
const maxKeyLength = 128;
/** Items of one list that are looked at. */
const maxItems = 32;
/** Members of one object that are looked at. */
const maxMembers = 256;
const maxNodesPerSchema = 256;
const maxTexts = 8;
const maxTextLength = 40;
/** Each text must have come this often on average before the list of them counts as complete. */
const seenPerText = 3;

/** Nodes that all schemas of the engine may have together. */
export interface NodeBudget {
  left: number;
}

interface Shape {
  nulls: number;
  booleans: number;
  integers: number;
  numbers: number;
  texts: number;
  lists: number;
  objects: number;
  minimum: number;
  maximum: number;
  /** `null`: there are too many, or long ones. */
  values: Set<string> | null;
  properties: Map<string, Property> | null;
  /** Some members were passed over, so nothing can be said of what is always there. */
  passedOver: boolean;
  items: Shape | null;
}

type JsonObject = { readonly [key: string]: JsonValue };

interface Property {
  readonly shape: Shape;
  count: number;
}

/**
 * What the values seen so far have in common, as JSON Schema. It grows with what is new in a value and never beyond its bounds: what does not
 * fit is left open. Of a long list the first items speak for all.
 */
export class InferredSchema {
  readonly #budget: NodeBudget;
  #nodes = 0;
  #root: Shape | null = null;

  constructor(budget: NodeBudget) {
    this.#budget = budget;
  }

  learn(value: JsonValue): void {
    this.#root ??= this.#newShape();
    if (this.#root) this.#learn(this.#root, value, 0);
  }

  /** `null` before the first value. */
  toJsonSchema(): JsonSchema | null {
    return this.#root && describe(this.#root);
  }

  /** Gives its nodes back to the budget. */
  release(): void {
    this.#budget.left += this.#nodes;
    this.#nodes = 0;
    this.#root = null;
  }

  #newShape(): Shape | null {
    if (this.#nodes >= maxNodesPerSchema || this.#budget.left <= 0) return null;
    this.#nodes += 1;
    this.#budget.left -= 1;
    return {
      nulls: 0,
      booleans: 0,
      integers: 0,
      numbers: 0,
      texts: 0,
      lists: 0,
      objects: 0,
      minimum: Infinity,
      maximum: -Infinity,
      values: new Set(),
      properties: null,
      passedOver: false,
      items: null,
    };
  }

  #learn(shape: Shape, value: JsonValue, depth: number): void {
    const digits = exactDigits(value);
    if (digits !== undefined) learnNumber(shape, Number(digits));
    else if (value === null) shape.nulls += 1;
    else if (typeof value === 'boolean') shape.booleans += 1;
    else if (typeof value === 'number') learnNumber(shape, value);
    else if (typeof value === 'string') learnText(shape, value);
    else if (isList(value)) this.#learnList(shape, value, depth);
    else this.#learnObject(shape, value, depth);
  }

  #learnList(shape: Shape, list: readonly JsonValue[], depth: number): void {
    shape.lists += 1;
    if (depth >= maxDepth) return;
    const count = Math.min(list.length, maxItems);
    for (let at = 0; at < count; at += 1) {
      shape.items ??= this.#newShape();
      if (!shape.items) return;
      this.#learn(shape.items, list[at] as JsonValue, depth + 1);
    }
  }

  #learnObject(shape: Shape, object: JsonObject, depth: number): void {
    shape.objects += 1;
    if (depth >= maxDepth) {
      shape.passedOver = true;
      return;
    }
    const properties = (shape.properties ??= new Map());
    let members = 0;
    for (const key in object) {
      if (!Object.hasOwn(object, key)) continue;
      members += 1;
      if (members > maxMembers) {
        shape.passedOver = true;
        return;
      }
      let property = properties.get(key);
      if (!property) {
        const fits = key.length <= maxKeyLength && properties.size < maxProperties;
        const child = fits ? this.#newShape() : null;
        if (!child) continue;
        property = { shape: child, count: 0 };
        properties.set(key, property);
      }
      property.count += 1;
      this.#learn(property.shape, object[key] as JsonValue, depth + 1);
    }
  }
}

function learnNumber(shape: Shape, value: number): void {
  if (Number.isInteger(value)) shape.integers += 1;
  else shape.numbers += 1;
  if (value < shape.minimum) shape.minimum = value;
  if (value > shape.maximum) shape.maximum = value;
}

function learnText(shape: Shape, value: string): void {
  shape.texts += 1;
  if (shape.values === null) return;
  if (value.length > maxTextLength) shape.values = null;
  else if (!shape.values.has(value)) {
    if (shape.values.size >= maxTexts) shape.values = null;
    else shape.values.add(value);
  }
}

function describe(shape: Shape): JsonSchema {
  const types: string[] = [];
  if (shape.objects > 0) types.push('object');
  if (shape.lists > 0) types.push('array');
  if (shape.texts > 0) types.push('string');
  if (shape.numbers > 0) types.push('number');
  else if (shape.integers > 0) types.push('integer');
  if (shape.booleans > 0) types.push('boolean');
  if (shape.nulls > 0) types.push('null');
  const schema: Record<string, JsonValue> = {};
  if (types.length > 0) schema['type'] = types.length === 1 ? (types[0] as string) : types;
  if (shape.properties && shape.properties.size > 0) {
    const entries = [...shape.properties];
    // `fromEntries` makes own members even of "__proto__".
    schema['properties'] = Object.fromEntries(entries.map(([key, property]) => [key, describe(property.shape)]));
    const required = shape.passedOver ? [] : entries.filter(([, { count }]) => count === shape.objects).map(([key]) => key);
    if (required.length > 0) schema['required'] = required;
  }
  if (shape.items) schema['items'] = describe(shape.items);
  // A list of values is for all types there are, so it is only given where there are texts alone.
  if (shape.values && types.length === 1 && shape.texts > 0 && shape.texts >= shape.values.size * seenPerText) schema['enum'] = [...shape.values];
  if (Number.isFinite(shape.minimum)) schema['minimum'] = shape.minimum;
  if (Number.isFinite(shape.maximum)) schema['maximum'] = shape.maximum;
  return schema;
}
