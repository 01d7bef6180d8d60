import type { Dialect } from './dialect.ts';
import { gf } from './gf.ts';
import { jsonrpc } from './jsonrpc.ts';
import { mqtt5 } from './mqtt5.ts';
import { mqttxx2 } from './mqttxx2.ts';
import { mqttxx4 } from './mqttxx4.ts';

/** The dialects that need no description of their own. */
export const dialects: ReadonlyMap<string, Dialect> = new Map([
  ['mqttxx2', mqttxx2],
  ['mqttxx4', mqttxx4],
  ['jsonrpc', jsonrpc],
  ['mqtt5', mqtt5],
  ['gf', gf],
]);
