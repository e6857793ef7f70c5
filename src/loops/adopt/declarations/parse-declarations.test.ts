import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as fc from 'fast-check';

import type { DeclaredFile } from '../questions.ts';
import { DeclarationError } from './declaration-error.ts';
import type { DeclaredSet } from './declared-set.ts';
import { parseDeclarations } from './parse-declarations.ts';

const FIXTURES = fileURLToPath(new URL('../../../../test/fixtures/declarations/', import.meta.url));

/** All files below a directory, as the command line gives them. */
function filesBelow(directory: string): readonly DeclaredFile[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(path.join(directory, name)).isFile() && !name.endsWith('.txt'))
    .toSorted()
    .map((name) => ({ name, content: readFileSync(path.join(directory, name), 'utf8') }));
}

function refusalOf(files: readonly DeclaredFile[]): DeclarationError {
  try {
    parseDeclarations(files);
  } catch (error) {
    if (error instanceof DeclarationError) return error;
    throw error;
  }
  return assert.fail('it was not refused');
}

const yaml = (content: string): readonly DeclaredFile[] => [{ name: 'sheer.yaml', content }];

const idsOf = (set: DeclaredSet, kind: string): readonly string[] =>
  set.subjects.filter((subject) => subject.kind === kind).map(({ id }) => id);

function dataOf(set: DeclaredSet, kind: string, id: string): unknown {
  return set.subjects.find((subject) => subject.kind === kind && subject.id === id)?.data;
}

describe('declarations that are wrong are refused, whole, in words that help', () => {
  for (const name of readdirSync(path.join(FIXTURES, 'refused'))) {
    it(name.replaceAll('-', ' '), () => {
      const directory = path.join(FIXTURES, 'refused', name);
      const error = refusalOf(filesBelow(directory));
      const expected = readFileSync(path.join(directory, 'expected.txt'), 'utf8');
      assert.equal(`${[error.message, ...error.detail].join('\n')}\n`, expected);
      assert.equal(error.code, 'invalid-input');
    });
  }

  it('a file that is too long', () => {
    const error = refusalOf(yaml(`# ${'x'.repeat(1_048_576)}`));
    assert.equal(error.message, 'sheer.yaml:1:1: the file has 1048578 characters: expected at most 1048576');
  });

  it('too many files', () => {
    const files = Array.from({ length: 1001 }, (_, index) => ({ name: `${index}.yaml`, content: '' }));
    assert.equal(refusalOf(files).message, '1000.yaml:1:1: this is file 1001: expected at most 1000');
  });

  it('files that are too long together', () => {
    const files = Array.from({ length: 5 }, (_, index) => ({
      name: `${index}.yaml`,
      content: '#'.repeat(1_048_576),
    }));
    assert.equal(
      refusalOf(files).message,
      '4.yaml:1:1: all files up to this one have 5242880 characters: expected at most 4194304',
    );
  });

  it('brackets that would exhaust the stack', () => {
    for (const bracket of ['[', '{a: ', '- ']) {
      assert.match(refusalOf(yaml(bracket.repeat(100_000))).message, /values are nested too deep$/);
    }
    assert.match(
      refusalOf(yaml(`a: ${'['.repeat(60)}${']'.repeat(60)}`)).message,
      /nested deeper than 50 levels$/,
    );
  });

  it('twenty thousand problems, of which the first ten are shown', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `k${index}:`).join('\n');
    const error = refusalOf(yaml(many));
    assert.equal(error.problems.length, 20_000);
    assert.deepEqual(error.detail.slice(-2), ['  and 19990 more problems', '  Nothing was changed.']);
  });

  it('whatever it is: nothing but a refusal, at a place that is in the file', () => {
    const token = fc.constantFrom(
      'services',
      'teams',
      ':',
      ' ',
      '\n',
      '  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '&a',
      '*a',
      '"',
      '|',
      '<<',
      '!!x',
      '?',
      '#',
      '\t',
      '\0',
      '\ud800',
      'match',
      'label',
      'é',
      '---\n',
      '...',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
        const content = tokens.join('');
        try {
          parseDeclarations(yaml(content));
        } catch (error) {
          assert.ok(error instanceof DeclarationError, String(error));
          const lines = content.split(/\r\n|\n|\r/).length;
          for (const { place } of error.problems)
            assert.ok(place.line >= 1 && place.line <= lines, error.message);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('declarations of a shop', () => {
  const set = parseDeclarations(filesBelow(path.join(FIXTURES, 'shop')));

  it('declare one service for each environment', () => {
    assert.deepEqual(idsOf(set, 'service'), [
      'production/shop/checkout',
      'production/shop/web',
      'test/shop/checkout',
      'test/shop/web',
    ]);
    assert.deepEqual(dataOf(set, 'service', 'test/shop/checkout'), {
      name: 'checkout',
      application: 'shop',
      environment: 'test',
      owner: 'payments',
      match: [
        { label: ['app=checkout', 'tier=backend'] },
        { executable: 'node', workingDirectory: '/srv/shop/checkout*' },
      ],
      source: 'services/checkout',
      since: Date.UTC(2026, 0, 31),
      location: 'sheer.yaml services.checkout.owner',
    });
  });

  it('find the callee in the caller’s own environment', () => {
    assert.deepEqual(idsOf(set, 'call'), [
      'production/shop/checkout>bank:443',
      'production/shop/web>bank:53/udp',
      'production/shop/web>production/shop/checkout:8080',
      'test/shop/checkout>bank:443',
      'test/shop/web>test/shop/checkout:8080',
    ]);
  });

  it('take teams from sheer.yaml and from the catalog', () => {
    assert.deepEqual(idsOf(set, 'team'), ['billing', 'payments', 'shop']);
    assert.deepEqual(dataOf(set, 'team', 'billing'), { name: 'billing', contact: 'billing@example.com' });
  });

  it('take owners from CODEOWNERS and from the catalog, each with its line', () => {
    const owners = set.subjects.flatMap((subject) => (subject.kind === 'ownership' ? [subject.data] : []));
    assert.deepEqual(
      owners.map(({ location, owner, others = [], target }) => [
        location,
        target.kind === 'directory' ? `${target.path} ${target.pattern}` : `${target.kind} ${target.name}`,
        owner,
        ...others,
      ]),
      [
        ['services/checkout/catalog-info.yaml:9', 'component checkout', 'billing'],
        ['.github/CODEOWNERS:2', '. *', 'shop'],
        ['.github/CODEOWNERS:3', '. /services/checkout/', 'payments', '@alice', 'billing@example.com'],
        ['.github/CODEOWNERS:4', '. /services/legacy/', null],
        ['.github/CODEOWNERS:5', '. docs/with space/', 'docs@example.com'],
      ],
    );
  });

  it('warn of what is not used', () => {
    assert.deepEqual(set.warnings, [
      '.github/CODEOWNERS:7: sections are GitLab’s: the heading is left out, its patterns count',
      '.github/CODEOWNERS:8: left out: it takes its owners from GitLab’s section',
      '.github/CODEOWNERS:9: left out: "nobody" is no owner: expected @name, @organisation/team or an address',
      '.github/CODEOWNERS:10: left out: a pattern can’t begin with ! here',
      'services/checkout/catalog-info.yaml:21: entities of kind Location are not used',
    ]);
  });

  it('say the same in whatever order the files come', () => {
    const files = filesBelow(path.join(FIXTURES, 'shop'));
    assert.deepEqual(parseDeclarations(files.toReversed()).subjects, set.subjects);
  });
});

describe('several CODEOWNERS for one directory', () => {
  const ownersOf = (...names: readonly string[]) => {
    // As over the API: without a directory the name says where it lies.
    const files = names.map((name) => ({ name, content: '* @shop' }));
    const { subjects, warnings } = parseDeclarations(files);
    const owners = subjects.flatMap(({ kind, data }) => (kind === 'ownership' ? [data.location] : []));
    return { owners, warnings };
  };

  it('count by GitHub’s order, and the others are told', () => {
    const places = ['docs/CODEOWNERS', 'CODEOWNERS', '.github/CODEOWNERS', '.gitlab/CODEOWNERS'];
    assert.deepEqual(ownersOf(...places), {
      owners: ['.github/CODEOWNERS:1'],
      warnings: ['docs/CODEOWNERS', 'CODEOWNERS', '.gitlab/CODEOWNERS'].map(
        (name) =>
          `${name}: left out: of several CODEOWNERS for one directory only .github/CODEOWNERS counts, as on GitHub`,
      ),
    });
    assert.deepEqual(ownersOf('docs/CODEOWNERS', 'CODEOWNERS').owners, ['CODEOWNERS:1']);
  });

  it('count each where they are for different ones', () => {
    assert.deepEqual(ownersOf('CODEOWNERS', 'shop/CODEOWNERS'), {
      owners: ['CODEOWNERS:1', 'shop/CODEOWNERS:1'],
      warnings: [],
    });
  });
});

describe('names that are declared elsewhere', () => {
  const files = yaml(
    'services: {web: {match: {name: web}, owner: shop, environment: live, calls: [{service: cart}, {external: bank}]}}',
  );
  const elsewhere = [
    { kind: 'team', id: 'shop' },
    { kind: 'environment', id: 'live' },
    { kind: 'service', id: 'live/shop/cart' },
    { kind: 'external', id: 'bank' },
  ] as const;

  it('may be used', () => {
    assert.deepEqual(idsOf(parseDeclarations(files, elsewhere), 'call'), [
      'live/default/web>bank:*',
      'live/default/web>live/shop/cart:*',
    ]);
  });

  it('are missed when they are not there', () => {
    const messages = refusalOf(files).problems.map(({ message }) => message);
    assert.deepEqual(messages, [
      'there is no team "shop"',
      'there is no service "cart"',
      'there is no external "bank"',
    ]);
  });
});
