import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';
import type { OwnershipData } from '#model';

import { container, process, service } from './instance-view.fixture.ts';
import { deriveOwner, type OwnedService } from './owner.ts';
import { type ImportedOwnership, Ownerships } from './ownerships.ts';

const NOW = 1000;

function catalog(name: string, owner: string, kind: 'component' | 'system' = 'component'): ImportedOwnership {
  return imported({ basis: 'catalog-info', target: { kind, name }, owner, location: 'catalog-info.yaml:9' });
}

function rule(line: number, pattern: string, owner: string | null, path = '/srv/shop'): ImportedOwnership {
  const location = `${path}/CODEOWNERS:${line}`;
  return imported({
    basis: 'codeowners',
    target: { kind: 'directory', path, pattern, line },
    owner,
    location,
  });
}

function imported(data: OwnershipData, from = 0): ImportedOwnership {
  return { id: `${data.basis}:${JSON.stringify(data.target)}`, data, from };
}

function owned(more: Partial<OwnedService> = {}): OwnedService {
  return { name: 'checkout', application: 'shop', declared: null, instances: [], ...more };
}

function declared(
  owner: string | null,
  more: { from?: number; since?: number; source?: string } = {},
): OwnedService['declared'] {
  const { from = 0, since, source = null } = more;
  const location = 'sheer.yaml services.checkout.owner';
  const data = { owner, source, location, ...(since === undefined ? {} : { since }) };
  return { ...service('default/shop/checkout', data), from };
}

const WORKING_DIRECTORY = 'com.docker.compose.project.working_dir';
const labelled = container({
  labels: { team: '@acme/support', [WORKING_DIRECTORY]: '/srv/shop/services/checkout' },
});
const rules = [rule(1, '*', 'everyone'), rule(2, '/services/checkout/', 'checkout-team')];

function teamOf(of: OwnedService, ownerships: readonly ImportedOwnership[], at = NOW): string | null {
  return deriveOwner(of, new Ownerships(ownerships), at)?.team ?? null;
}

describe('the owner of a service', () => {
  it('is the declared one before catalog, labels and CODEOWNERS, and these stay visible', () => {
    const of = owned({ declared: declared('payments'), instances: [labelled] });
    assert.deepEqual(deriveOwner(of, new Ownerships([...rules, catalog('checkout', 'billing')]), NOW), {
      team: 'payments',
      basis: 'declared',
      location: 'sheer.yaml services.checkout.owner',
      overruled: [
        { team: 'billing', basis: 'catalog-info', location: 'catalog-info.yaml:9' },
        { team: 'support', basis: 'label', location: 'label team' },
        { team: 'checkout-team', basis: 'codeowners', location: '/srv/shop/CODEOWNERS:2' },
      ],
    });
  });

  it('is the catalog’s, where nobody declared it', () => {
    assert.equal(
      teamOf(owned({ instances: [labelled] }), [...rules, catalog('checkout', 'billing')]),
      'billing',
    );
  });

  it('is the catalog’s system’s, where the component is not there', () => {
    assert.equal(teamOf(owned(), [catalog('shop', 'shop-team', 'system')]), 'shop-team');
    assert.equal(
      teamOf(owned(), [catalog('shop', 'shop-team', 'system'), catalog('checkout', 'billing')]),
      'billing',
    );
  });

  it('is its label’s, where no file speaks of it by name', () => {
    assert.equal(teamOf(owned({ instances: [labelled] }), rules), 'support');
  });

  it('is by the most deliberate label, the others stay visible', () => {
    const of = owned({
      instances: [
        container({ labels: { owner: 'a', team: 'b' } }),
        container({ labels: { 'sheerline.owner': 'group:default/c', team: 'b' } }),
      ],
    });
    const answer = deriveOwner(of, new Ownerships([]), NOW);
    assert.equal(answer?.team, 'c');
    assert.deepEqual(
      answer?.overruled.map(({ team, location }) => `${team} ${location}`),
      ['b label team', 'a label owner'],
    );
  });

  it('is CODEOWNERS’, by the Compose working directory', () => {
    const of = owned({
      instances: [container({ labels: { [WORKING_DIRECTORY]: '/srv/shop/services/checkout' } })],
    });
    assert.equal(teamOf(of, rules), 'checkout-team');
  });

  it('is CODEOWNERS’, by the working directory of a process', () => {
    assert.equal(
      teamOf(owned({ instances: [process({ workingDirectory: '/srv/shop/services/web' })] }), rules),
      'everyone',
    );
  });

  it('is CODEOWNERS’, by the declared source, even where that is relative', () => {
    const relative = [rule(1, '/services/', 'payments', '.')];
    assert.equal(
      teamOf(owned({ declared: declared(null, { source: 'services/checkout' }) }), relative),
      'payments',
    );
    assert.equal(
      teamOf(owned({ declared: declared(null, { source: '/services/checkout' }) }), relative),
      null,
    );
  });

  it('is nobody, where the last rule takes ownership away', () => {
    const of = owned({ declared: declared(null, { source: '/srv/shop/legacy' }) });
    assert.equal(teamOf(of, [rule(1, '*', 'everyone'), rule(2, '/legacy/', null)]), null);
  });

  it('is said by the nearest CODEOWNERS file alone', () => {
    const of = owned({ declared: declared(null, { source: '/srv/shop/services/checkout' }) });
    assert.equal(
      teamOf(of, [rule(1, '*', 'outer'), rule(1, '/src/', 'inner', '/srv/shop/services/checkout')]),
      null,
    );
    assert.equal(
      teamOf(of, [rule(1, '*', 'outer'), rule(1, '*', 'inner', '/srv/shop/services/checkout')]),
      'inner',
    );
    assert.equal(teamOf(of, [rule(1, '*', 'outer', '/srv/sho')]), null);
    assert.equal(teamOf(of, [rule(1, '*', 'outer', '/')]), 'outer');
  });

  it('begins with the declaration, or with its `since:`', () => {
    assert.equal(teamOf(owned({ declared: declared('payments', { from: 500 }) }), [], 499), null);
    assert.equal(teamOf(owned({ declared: declared('payments', { from: 500 }) }), [], 500), 'payments');
    assert.equal(
      teamOf(owned({ declared: declared('payments', { from: 500, since: 100 }) }), [], 100),
      'payments',
    );
    assert.equal(teamOf(owned({ declared: declared('payments', { from: 500, since: 900 }) }), [], 800), null);
    assert.equal(teamOf(owned(), [{ ...catalog('checkout', 'billing'), from: 500 }], 499), null);
  });

  it('is a name that a terminal can show, whatever the label holds', () => {
    assert.equal(
      teamOf(owned({ instances: [container({ labels: { team: 'a\u001b[2Jb' } })] }), []),
      'a%1B[2Jb',
    );
  });

  it('does not depend on the order of what is imported or runs', () => {
    const imports = fc.uniqueArray(
      fc.oneof(
        fc
          .tuple(
            fc.constantFrom('checkout', 'shop'),
            fc.constantFrom('a', 'b'),
            fc.constantFrom('component' as const, 'system' as const),
          )
          .map(([name, owner, kind]) => catalog(name, owner, kind)),
        fc
          .tuple(fc.nat({ max: 9 }), fc.constantFrom('*', '/services/', 'checkout'))
          .map(([line, pattern]) => rule(line, pattern, `line-${line}`)),
      ),
      { selector: ({ id }) => id },
    );
    const instances = fc.array(
      fc.constantFrom(
        labelled,
        container({ labels: { team: 'x', owner: 'y' } }),
        process({ workingDirectory: '/srv/shop/services' }),
      ),
    );
    fc.assert(
      fc.property(imports, instances, (ownerships, views) => {
        const one = deriveOwner(owned({ instances: views }), new Ownerships(ownerships), NOW);
        const other = deriveOwner(
          owned({ instances: views.toReversed() }),
          new Ownerships(ownerships.toReversed()),
          NOW,
        );
        assert.deepEqual(one, other);
      }),
    );
  });
});
