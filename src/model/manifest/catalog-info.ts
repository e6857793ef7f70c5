import { z } from 'zod';

/**
 * What we read of Backstage's catalog files; everything else in them is Backstage's own business, so unknown keys
 * are allowed here. https://backstage.io/docs/features/software-catalog/descriptor-format
 */
const metadata = z.looseObject(
  {
    name: z
      .string({ error: 'a name' })
      .regex(/^[\w.-]{1,63}$/, { error: 'a name of letters, digits, -, _ and .' }),
  },
  { error: 'a map with the name of the entity' },
);

const owner = z
  .string({ error: 'a team, such as payments or group:default/payments' })
  .regex(/^(?:[\w.-]+:)?(?:[\w.-]+\/)?[\w.-]+$/, {
    error: 'a team, such as payments or group:default/payments',
  });

const entity = <K extends string, S extends z.ZodType>(kind: K, spec: S) =>
  z.looseObject({ apiVersion: API_VERSION, kind: z.literal(kind), metadata, spec });

const API_VERSION = z
  .string({ error: 'a version, such as backstage.io/v1alpha1' })
  .min(1, { error: 'a version, such as backstage.io/v1alpha1' });

const owned = z.looseObject({ owner }, { error: 'a map with the owner' });

const group = z.looseObject(
  {
    profile: z
      .looseObject({ email: z.string({ error: 'an address' }).optional() }, { error: 'a map' })
      .optional(),
  },
  { error: 'a map' },
);

/** Kinds that say something about owners. */
export const CATALOG_SCHEMAS = {
  Component: entity('Component', owned),
  System: entity('System', owned),
  Resource: entity('Resource', owned),
  API: entity('API', owned),
  Group: entity('Group', group),
} as const;

/** Kinds that Backstage has and that say nothing to Sheerline. */
export const OTHER_CATALOG_KINDS: readonly string[] = ['Domain', 'Location', 'Template', 'User'];

/** Enough of any entity to know what it is. */
export const catalogEntitySchema = z.looseObject(
  { kind: z.string({ error: 'a kind, such as Component' }) },
  { error: 'a map with kind, metadata and spec' },
);
