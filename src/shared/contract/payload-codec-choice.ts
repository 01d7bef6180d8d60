import { z } from 'zod';

export const codecNameSchema = z.string().min(1).max(100);
export const codecParamsSchema = z
  .record(z.string().max(100), z.union([z.string().max(10_000), z.number(), z.boolean()]))
  .refine((params) => Object.keys(params).length <= 50, {
    message: 'no more than 50 parameters',
  });

/** A codec, or a name of the user for one, with parameters. */
export const chosenCodecSchema = z.strictObject({ name: codecNameSchema, params: codecParamsSchema.default({}) });
