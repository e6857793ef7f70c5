import { z } from 'zod';

import { parseAddressBlock } from '../address-block.ts';
import { parseDuration, parseTime } from '../time.ts';
import { closed, listed, name, named, oneOrMany, text } from './expectations.ts';

const port = z
  .int({ error: 'a port from 1 to 65535' })
  .min(1, { error: 'a port from 1 to 65535' })
  .max(65_535, { error: 'a port from 1 to 65535' });

const protocol = z.enum(['tcp', 'udp'], { error: 'tcp or udp' }).default('tcp');

const label = text('a label: key or key=value').regex(/^[^=*\s][^=*]*(?:=.*)?$/s, {
  error: 'a label: key or key=value, with * only in the value',
});

/** All conditions must hold; `*` stands for any run of characters. */
const selector = closed({
  label: oneOrMany(label).optional(),
  image: text('an image, such as redis or shop/cart:*').optional(),
  unit: text('a systemd unit, such as nginx or nginx.service').optional(),
  executable: text('an executable, such as nginx or /usr/sbin/nginx').optional(),
  name: text("a container's name, such as cart-*").optional(),
  port: port.optional(),
  workingDirectory: text('an absolute path').regex(/^[/*]/, { error: 'an absolute path' }).optional(),
}).refine((conditions) => Object.values(conditions).some((condition) => condition !== undefined), {
  error: 'at least one condition',
});

/** An instance that matches any of them. */
const match = oneOrMany(selector);

const team = z.preprocess((value) => value ?? {}, closed({ contact: text('a contact, as text').optional() }));

const environment = z.preprocess((value) => value ?? {}, closed({ match: match.default([]) }));

const target = {
  service: text("a service's name").optional(),
  external: text("an external's name").optional(),
};

interface Target {
  readonly service?: string | undefined;
  readonly external?: string | undefined;
}

const ONE_TARGET = 'either service or external';
const hasOneTarget = (call: Target): boolean =>
  (call.service === undefined) !== (call.external === undefined);

const serviceCall = closed({ ...target, port: port.optional(), protocol }).refine(hasOneTarget, {
  error: ONE_TARGET,
});

const call = closed({
  from: text("the calling service's name"),
  ...target,
  port: port.optional(),
  protocol,
}).refine(hasOneTarget, { error: ONE_TARGET });

const since = text('a date, such as 2026-01-31, or a time with a zone')
  .refine(isTime, { error: 'a date, such as 2026-01-31, or a time such as 2026-01-31T09:00:00Z' })
  .transform((written) => parseTime(written, 0));

const service = closed({
  owner: text("a team's name").optional(),
  application: name.optional(),
  environment: oneOrMany(name).optional(),
  match,
  source: text('a directory').optional(),
  since: since.optional(),
  calls: listed(serviceCall, 'a list of calls').default([]),
});

const addressBlock = text('an address or a CIDR block').refine(
  (written) => parseAddressBlock(written) !== null,
  {
    error: 'an address or a CIDR block, such as 10.1.2.3 or 10.1.0.0/16',
  },
);

const external = closed({
  owner: text("a team's name").optional(),
  addresses: oneOrMany(addressBlock).pipe(
    z.array(z.string()).min(1, { error: 'at least one address or CIDR block' }),
  ),
  ports: oneOrMany(port).default([]),
  scope: text('a scope')
    .regex(/^(?:host|network|loopback|vpc|cluster)\/\S+$/, {
      error: 'a scope: host/NODE, network/NODE/NAME, vpc/NAME or cluster/NAME',
    })
    .optional(),
});

/** Exact names only: a pattern would let secrets in. */
const recordedLabel = text('the name of a label').regex(/^[^\s=*]+$/, {
  error: 'the exact name of a label, without a value or *',
});

/** What tells images apart; a tag is another build of the same. */
const imageName = text('an image without a tag, such as shop/web').regex(
  /^(?:[\w.-]+(?::\d+)?\/)?[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*$/,
  { error: 'an image without a tag, such as shop/web or registry.example/shop/web' },
);

const image = closed({
  owner: text("a team's name").optional(),
  context: text('the directory that the build sees'),
  containerfile: text('a path below the context').optional(),
  target: text("a stage's name").optional(),
});

const LENGTH_OF_TIME = 'a length of time, such as 12h, 7d or 2w';

const lengthOfTime = text(LENGTH_OF_TIME)
  .regex(/^(?:\d{1,6}(?:ms|s|m|h|d|w))+$/, { error: LENGTH_OF_TIME })
  .transform(parseDuration)
  .refine((length) => length > 0, { error: LENGTH_OF_TIME });

const deadlines = z.preprocess(
  (value) => value ?? {},
  closed({
    critical: lengthOfTime.optional(),
    high: lengthOfTime.optional(),
    medium: lengthOfTime.optional(),
    low: lengthOfTime.optional(),
    unknown: lengthOfTime.optional(),
  }),
);

const patch = closed({ deadlines: deadlines.default({}), environments: named(deadlines).default({}) });

/** The whole file; `docs/sheer-yaml.md` describes it for people. */
export const sheerYamlSchema = z.preprocess(
  (value) => value ?? {},
  closed({
    version: z.literal(1, { error: 'version 1' }).optional(),
    teams: named(team).default({}),
    environments: named(environment).default({}),
    services: named(service, text('a name, application/name or environment/application/name')).default({}),
    externals: named(external).default({}),
    calls: listed(call, 'a list of calls').default([]),
    labels: oneOrMany(recordedLabel).default([]),
    images: named(image, imageName).default({}),
    patch: patch.optional(),
  }),
);

export type SheerYaml = z.output<typeof sheerYamlSchema>;

/** `name`, `application/name` or `environment/application/name`, as the keys of `services:` are. */
export function isName(written: string): boolean {
  return name.safeParse(written).success;
}

function isTime(written: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))?$/.test(written)) return false;
  try {
    parseTime(written, 0);
    return true;
  } catch {
    return false;
  }
}
