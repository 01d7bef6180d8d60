import type { SchemaFileView } from '../../../../shared/contract/payload.ts';
import type { CodecTools } from '../../../../shared/payload/codec.ts';
import { readAvroSchema } from '../../../../shared/payload/codecs/avro/avro-schema.ts';
import { branchName, type AvroType } from '../../../../shared/payload/codecs/avro/avro-type.ts';
import { PayloadFailure } from '../../../../shared/payload/value/payload-failure.ts';
import { readProtoSchema, type SchemaTexts } from './proto-schema.ts';
import { placeOf, SchemaProblem } from './schema-problem.ts';

/** The schemas of one state of the files, each read when it is first used. */
export class SchemaLibrary {
  readonly #texts: SchemaTexts;
  readonly #proto = new Map<string, ReturnType<typeof readProtoSchema> | SchemaProblem>();
  readonly #avro = new Map<string, AvroType | SchemaProblem>();

  constructor(texts: SchemaTexts) {
    this.#texts = texts;
  }

  readonly schema: CodecTools['schema'] = (kind, file) => {
    if (!file.endsWith(kind === 'protobuf' ? '.proto' : '.avsc')) throw new PayloadFailure(`${file} is no ${kind === 'protobuf' ? '.proto' : '.avsc'} file`);
    if (!this.#texts.has(file)) throw new PayloadFailure(`there is no schema file ${file} in the workspace`);
    const read = kind === 'protobuf' ? this.#readProto(file) : this.#readAvro(file);
    if (read instanceof SchemaProblem) throw new PayloadFailure(`the schema cannot be used: ${read.message.replace(/\.$/, '')} (${placeText(read)})`);
    return 'own' in read ? read.schema : read;
  };

  views(): readonly SchemaFileView[] {
    return [...this.#texts.keys()].toSorted().map((name): SchemaFileView => {
      if (name.endsWith('.proto')) {
        const read = this.#readProto(name);
        return { name, kind: 'protobuf', messages: read instanceof SchemaProblem ? [] : read.own, problem: problemOf(read) };
      }
      const read = this.#readAvro(name);
      return { name, kind: 'avro', messages: read instanceof SchemaProblem ? [] : [branchName(read)], problem: problemOf(read) };
    });
  }

  #readProto(file: string): ReturnType<typeof readProtoSchema> | SchemaProblem {
    return remembered(this.#proto, file, () => readProtoSchema(file, this.#texts));
  }

  #readAvro(file: string): AvroType | SchemaProblem {
    return remembered(this.#avro, file, () => {
      const text = this.#texts.get(file) ?? '';
      try {
        return readAvroSchema(text);
      } catch (error) {
        if (!(error instanceof PayloadFailure)) throw error;
        const { line, column } = error.at === null ? pathPlace(error.message, text) : placeOf(text, error.at);
        throw new SchemaProblem(`${error.message.slice(0, 1).toUpperCase()}${error.message.slice(1)}.`, file, line, column);
      }
    });
  }
}

function remembered<T>(known: Map<string, T | SchemaProblem>, file: string, read: () => T): T | SchemaProblem {
  let found = known.get(file);
  if (found === undefined) {
    try {
      found = read();
    } catch (error) {
      if (!(error instanceof SchemaProblem)) throw error;
      found = error;
    }
    known.set(file, found);
  }
  return found;
}

function problemOf(read: unknown): SchemaFileView['problem'] {
  return read instanceof SchemaProblem ? { message: read.message, file: read.file, line: read.line, column: read.column } : null;
}

const placeText = ({ file, line, column }: SchemaProblem): string => (line === null ? file : `${file}, line ${line}, column ${column}`);

/** A schema that is JSON and wrong is told by its path; the first word in quotes is where to look. */
function pathPlace(message: string, text: string): { readonly line: number | null; readonly column: number | null } {
  const word = /"([^"]+)"/.exec(message)?.[1];
  const at = word === undefined ? -1 : text.indexOf(JSON.stringify(word));
  return at < 0 ? { line: null, column: null } : placeOf(text, at);
}
