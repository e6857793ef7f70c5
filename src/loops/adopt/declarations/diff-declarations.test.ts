import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { diffDeclarations } from './diff-declarations.ts';
import { parseDeclarations } from './parse-declarations.ts';

function subjects(content: string) {
  return parseDeclarations([{ name: 'sheer.yaml', content }]).subjects;
}

describe('the difference of two declarations', () => {
  const before = subjects(
    'teams: {a: , b: }\nservices: {web: {match: {name: web}, owner: a}, cart: {match: {name: cart}}}',
  );

  it('says what was added, changed and removed', () => {
    const after = subjects(
      'teams: {a: , c: }\nservices: {web: {match: {name: web-*}, owner: a}, cart: {match: {name: cart}}}',
    );
    assert.deepEqual(diffDeclarations(before, after), [
      { change: 'changed', kind: 'service', id: 'default/default/web' },
      { change: 'removed', kind: 'team', id: 'b' },
      { change: 'added', kind: 'team', id: 'c' },
    ]);
  });

  it('is empty where only lines have moved, and after a way through JSON', () => {
    const moved = subjects(
      '# new\n\nservices: {cart: {match: {name: cart}}, web: {owner: a, match: {name: web}}}\nteams: {b: , a: }',
    );
    assert.deepEqual(diffDeclarations(before, moved), []);
    assert.deepEqual(diffDeclarations(JSON.parse(JSON.stringify(before)) as typeof before, moved), []);
  });
});
