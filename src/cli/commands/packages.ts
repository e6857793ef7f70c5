import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CliError, unreadable } from '../cli-error.ts';
import { print } from '../command.ts';
import type { CommandContext, CommandDefinition, Given } from '../command.ts';
import { renderAddedDocument, renderPackages } from '../render/packages.ts';

/** As the control plane takes at most. */
const DOCUMENT_BYTES_MAX = 64 * 1024 * 1024;

/** What is in an image, and what others say of it. */
export const packageCommands: readonly CommandDefinition[] = [
  {
    name: 'packages',
    summary: 'what is in an image: from which layer and image, by which reader or list',
    parameters: [
      { name: '<subject>', description: 'an image or an instance; read now if it was not before' },
    ],
    options: [
      { flags: '--name <text>', description: 'only packages whose name, or whose source, has this in it' },
      {
        flags: '--refresh',
        description: 'read it again: from the engine, what --image-store named, or its registry',
      },
    ],
    examples: [
      ['packages checkout:2.4', 'all of them'],
      ['packages checkout-7f9c4 --name ssl', 'a few of what an instance was started from'],
    ],
    run: async (context, given) => {
      const query = {
        subject: given.parameters[0] ?? '',
        name: given.text('name'),
        refresh: given.flag('refresh') || undefined,
      };
      const asked = query.name ?? null;
      await print(context, await context.client().packages(query), (answer, look) =>
        renderPackages(answer, look, asked),
      );
    },
  },
  {
    name: 'documents add',
    summary: "takes another tool's document: packages of an image, or VEX statements",
    parameters: [{ name: '<file>', description: 'CycloneDX, SPDX or OpenVEX in JSON, told apart by itself' }],
    examples: [
      ['documents add checkout.cdx.json', 'a list of what is in the image that it names'],
      ['documents add not-affected.vex.json', 'statements that count as evidence, with their author'],
    ],
    run: addDocument,
  },
];

async function addDocument(context: CommandContext, given: Given): Promise<void> {
  const path = given.parameters[0] ?? '';
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!found.isFile()) throw new CliError('invalid-input', `${path} is not a file`);
  if (found.size > DOCUMENT_BYTES_MAX) {
    throw new CliError('too-large', `${path} has more than ${DOCUMENT_BYTES_MAX / 1024 / 1024} MiB`, {
      next: 'a list of packages without their files is far smaller',
    });
  }
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  await print(context, await context.client().addDocument(basename(path), bytes), renderAddedDocument);
}
