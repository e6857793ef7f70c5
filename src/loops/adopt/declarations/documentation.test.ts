import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { sheerYamlSchema } from '#model/manifest';
import { z } from 'zod';

import type { DeclaredFile } from '../questions.ts';
import { DeclarationError } from './declaration-error.ts';
import { parseDeclarations } from './parse-declarations.ts';

const page = readFileSync(new URL('../../../../docs/sheer-yaml.md', import.meta.url), 'utf8');

/** What the examples speak of. */
const CONTAINERFILES: readonly DeclaredFile[] = [
  { name: 'images/base/Containerfile', content: 'FROM debian:12', kind: 'containerfile' },
  {
    name: 'services/web/build/Containerfile',
    content: 'FROM base-debian:1 AS release\nFROM release',
    kind: 'containerfile',
  },
];

function blocks(language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    (match) => match[1] ?? '',
  );
}

/** All keys that the schema knows, at any depth. */
function keysOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const below = Object.values(schema).flatMap(keysOf);
  const properties: unknown = 'properties' in schema ? schema.properties : null;
  return typeof properties === 'object' && properties !== null
    ? [...Object.keys(properties), ...below]
    : below;
}

describe('docs/sheer-yaml.md', () => {
  it('has examples that are read without a warning', () => {
    assert.ok(blocks('yaml').length >= 2);
    for (const content of blocks('yaml')) {
      const { subjects, warnings } = parseDeclarations([{ name: 'sheer.yaml', content }, ...CONTAINERFILES]);
      assert.ok(subjects.length > 0);
      assert.deepEqual(warnings, []);
    }
  });

  it('names every key', () => {
    const schema = z.toJSONSchema(sheerYamlSchema, { io: 'input', unrepresentable: 'any' });
    const keys = new Set(keysOf(schema));
    assert.ok(keys.has('workingDirectory') && keys.has('protocol') && keys.has('since'), [...keys].join());
    assert.deepEqual(
      [...keys].filter((key) => !page.includes(`\`${key}\``)),
      [],
    );
  });

  it('shows an error as it is', () => {
    const content = [
      'teams:',
      '  payments: { contact: "#payments" }',
      '  shop:',
      'services:',
      '  web:',
      '    match: { image: shop/web }',
      '    owner: shop',
      '  checkout:',
      '    match: { label: app=checkout }',
      '    owner: payment',
    ].join('\n');
    assert.throws(
      () => parseDeclarations([{ name: 'sheer.yaml', content }]),
      (error) =>
        error instanceof DeclarationError &&
        blocks('text').includes(`${[error.message, ...error.detail].join('\n')}\n`),
    );
  });
});
