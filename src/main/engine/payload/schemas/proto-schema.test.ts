import { describe, expect, it } from 'vitest';
import { readProtoSchema } from './proto-schema.ts';
import { SchemaProblem } from './schema-problem.ts';

const sample =
  'syntax = "proto3";\npackage a.b;\nimport "google/protobuf/any.proto";\n// words\nmessage M {\n  oneof o { int32 x = 1; string y = 2; }\n  map<string, N> n = 3;\n  enum E { Z = 0; }\n  repeated E e = 4 [packed = true];\n  reserved 7 to 9;\n}\nmessage N { optional M m = 1; google.protobuf.Any any = 2; }\nservice S { rpc Do(M) returns (stream N); }\n';
const read = (text: string) => readProtoSchema('x.proto', new Map([['x.proto', text]]));

describe('a .proto file', () => {
  it('has its messages, in the order they are written', () => expect(read(sample).own).toEqual(['a.b.M', 'a.b.N']));

  it('whatever is in it, is read or refused with a problem', () => {
    let refused = 0;
    for (let run = 0; run < 3000; run += 1) {
      // Each run cuts, doubles or changes another place.
      const at = (run * 7919) % sample.length;
      const length = run % 13;
      const text = `${sample.slice(0, at)}${['', '{', '}', '"', '=', '/*', '\u0000', '999999999999', '__proto__', sample.slice(at, at + 40)][run % 10]}${sample.slice(at + length)}`;
      try {
        read(text);
      } catch (error) {
        if (!(error instanceof SchemaProblem)) throw new Error(JSON.stringify(text), { cause: error });
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(500);
  });
});
