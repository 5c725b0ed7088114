import { z } from 'zod'

/** One field of a form that a schema describes. */
export const FormField = z
  .object({
    name: z.string(),
    label: z.string(),
    help: z.string(),
    type: z.enum(['text', 'url', 'number', 'boolean', 'choice', 'secret', 'date', 'list']),
    required: z.boolean(),
    secret: z.boolean(),
    default: z.unknown().optional(),
    choices: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
    pattern: z.string().optional(),
    placeholder: z.string().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
  })
  // Without `default`: beside a `type`, tools take such an object for a schema.
  .meta({
    examples: [
      {
        name: 'url',
        label: 'Address',
        help: 'The address of the site, as in a browser.',
        type: 'url',
        required: true,
        secret: false,
        placeholder: 'https://moodle.school.example',
      },
    ],
  })
export type FormField = z.output<typeof FormField>
