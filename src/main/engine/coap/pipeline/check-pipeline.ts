import type { Problem } from '../../../../shared/contract/common.ts';
import type { GfPipeline } from '../../../../shared/contract/coap-pipeline.ts';
import { namespaceProblem, topicPartProblem } from '../../../../shared/coap/gf/topics.ts';

const maxBytes = 4 * 1024 * 1024;

type PipelineProblem = Problem & { readonly code: 'bad-input' | 'payload-too-large' };

/** What keeps a pipeline from being used, beside the form that its schema checks; files of the workspace may be written by hand. */
export function pipelineProblem({ device, namespace, handlers }: GfPipeline): PipelineProblem | null {
  const part = (device === '' ? null : topicPartProblem('The tag of the device', device)) ?? namespaceProblem(namespace);
  if (part !== null) return { code: 'bad-input', message: part, advice: 'Use letters, digits, "_" and "-".' };
  const ids = handlers.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) return { code: 'bad-input', message: `Two handlers have the id "${twice}".`, advice: 'Give one of them another id.' };
  if (ids.includes('default'))
    return { code: 'bad-input', message: 'A handler has the id "default", which is that of the last one.', advice: 'Give it another id.' };
  const bytes = Buffer.byteLength(JSON.stringify(handlers));
  if (bytes <= maxBytes) return null;
  return { code: 'payload-too-large', message: 'The handlers are too large to be kept (4 MiB at most).', advice: 'Shorten their scripts.' };
}
