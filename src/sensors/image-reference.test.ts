import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { apiHost, formatImageReference, isLoopback, parseImageReference } from './image-reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('a name of an image, in full', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['redis', 'docker.io/library/redis:latest'],
    ['redis:7', 'docker.io/library/redis:7'],
    ['bitnami/redis:7', 'docker.io/bitnami/redis:7'],
    ['docker.io/redis:7', 'docker.io/library/redis:7'],
    ['index.docker.io/library/redis', 'docker.io/library/redis:latest'],
    ['localhost/shop:1', 'localhost/shop:1'],
    ['localhost:5000/shop', 'localhost:5000/shop:latest'],
    ['REG.Example:5000/a/b/c:v1.2_3', 'reg.example:5000/a/b/c:v1.2_3'],
    ['[::1]:5000/shop:1', '[::1]:5000/shop:1'],
    [`redis@${DIGEST}`, `docker.io/library/redis@${DIGEST}`],
    [`redis:7@${DIGEST}`, `docker.io/library/redis:7@${DIGEST}`],
  ];
  for (const [name, full] of rows) {
    it(`${name} is ${full}`, () => {
      const reference = parseImageReference(name);
      assert.ok(reference !== null);
      assert.equal(formatImageReference(reference), full);
    });
  }

  const wrong = [
    '',
    ':',
    '<none>:<none>',
    'a b',
    '../etc',
    'reg.test/../x',
    'x:',
    'Redis',
    'a//b',
    'redis@sha256:1',
  ];
  for (const name of [
    ...wrong,
    `x/${'a'.repeat(300)}`,
    `a:${'b'.repeat(129)}`,
    'reg.test:99x/a',
    'a?b',
    'a@b@c',
  ]) {
    it(`${JSON.stringify(name.slice(0, 20))} is none`, () => assert.equal(parseImageReference(name), null));
  }
});

it('the default registry answers on a host of its own', () => {
  assert.notEqual(apiHost('docker.io'), 'docker.io');
  assert.equal(apiHost('reg.test:5000'), 'reg.test:5000');
});

describe('this machine', () => {
  for (const host of ['localhost', 'localhost:5000', '127.0.0.1:80', '127.8.9.1', '[::1]:5000']) {
    it(`is ${host}`, () => assert.ok(isLoopback(host)));
  }
  for (const host of ['127.0.0.1.example', 'localhost.example', '10.0.0.1', '0.0.0.0', '[::2]']) {
    it(`is not ${host}`, () => assert.ok(!isLoopback(host)));
  }
});
