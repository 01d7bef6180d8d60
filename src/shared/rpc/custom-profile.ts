import { z } from 'zod';
import { parsePointer } from './json-pointer.ts';
import { templateProblem } from './topic-template.ts';

const pointer = z.string().refine((text) => parsePointer(text) !== undefined, 'a JSON pointer is empty or begins with "/", and has "~" only in "~0" and "~1"');

const template = z
  .string()
  .min(1)
  .max(1000)
  .superRefine((text, context) => {
    const problem = templateProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

/** A dialect described by its user: topics as templates, and where the parts of a call stand in the JSON. */
export const customProfileSchema = z
  .strictObject({
    request: z.strictObject({
      topic: template.default('{topic}'),
      id: pointer.optional(),
      method: pointer.optional(),
      params: pointer.default('/params'),
      /** Further members, by pointer. Texts may hold the placeholders of topics. */
      fixed: z.record(pointer, z.json()).default({}),
    }),
    response: z.strictObject({
      topic: template,
      id: pointer.optional(),
      result: pointer.default('/result'),
      error: pointer.default('/error'),
      errorCode: pointer.optional(),
      errorData: pointer.optional(),
    }),
    ids: z.enum(['text', 'number']).default('text'),
  })
  .superRefine(({ request, response }, context) => {
    const complain = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (request.method === undefined && !request.topic.includes('{method}'))
      complain('request', 'the method is neither in the topic ({method}) nor at a pointer');
    if (request.id === undefined && !request.topic.includes('{id}')) complain('request', 'the id is neither in the topic ({id}) nor at a pointer');
    if (response.id === undefined && !response.topic.includes('{id}')) complain('response', 'the id is neither in the topic ({id}) nor at a pointer');
  });

export type CustomProfile = z.infer<typeof customProfileSchema>;
