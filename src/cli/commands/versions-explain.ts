import { print } from '../command.ts';
import type { CommandDefinition } from '../command.ts';
import { renderExplanation } from '../render/advisories.ts';
import { vulnerabilityParameter } from './vulnerability-parameter.ts';

export const explainCommands: readonly CommandDefinition[] = [
  {
    name: 'versions explain',
    summary: 'which range and event of an advisory made a package match, or not',
    parameters: [vulnerabilityParameter, { name: '<purl>', description: 'a package URL with a version' }],
    examples: [
      [
        "versions explain CVE-2024-6387 'pkg:deb/debian/openssh@1:9.2p1-2+deb12u2?distro=debian-12'",
        'each entry of its advisories, and why it holds or does not',
      ],
    ],
    run: async (context, given) => {
      const [id = '', purl = ''] = given.parameters;
      await print(context, await context.client().explanation(id, purl), renderExplanation);
    },
  },
];
