import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { credentialFiles, credentialsFrom, type Credentials } from './credentials.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

let directory: string;
before(() => (directory = mkdtempSync(join(tmpdir(), 'sheerline-credentials-'))));
after(() => rmSync(directory, { recursive: true }));

function lookUp(content: unknown, registry: string, path = 'shop/web'): Credentials {
  const file = join(directory, 'config.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return credentialsFrom([join(directory, 'absent.json'), file])({ registry, path });
}

const userOf = (credentials: Credentials): string =>
  credentials.kind === 'password' ? `${credentials.user}/${credentials.password.reveal()}` : credentials.kind;

describe('what was told to a login', () => {
  const auths = {
    'reg.test': { auth: base64('host:1') },
    'reg.test/shop': { auth: base64('shop:2') },
    'reg.test/shop/web': { auth: base64('web:3:with:colons') },
    'https://index.docker.io/v1/': { auth: base64('hub:4') },
    'https://old.test/v2/': { username: 'old', password: '5' },
    'token.test': { auth: base64('x:y'), identitytoken: 'refresh' },
    'empty.test': {},
    'torn.test': { auth: base64('no colon') },
  };
  const rows = [
    ['reg.test', 'shop/web', 'web/3:with:colons'],
    ['reg.test', 'shop/other', 'shop/2'],
    ['reg.test', 'shopping', 'host/1'],
    ['docker.io', 'library/redis', 'hub/4'],
    ['old.test', 'x', 'old/5'],
    ['token.test', 'x', 'identity-token'],
    ['empty.test', 'x', 'none'],
    ['torn.test', 'x', 'none'],
    ['reg.test:5000', 'shop/web', 'none'],
  ] as const;
  for (const [registry, path, expected] of rows) {
    it(`for ${registry}/${path}: ${expected}`, () => {
      assert.equal(userOf(lookUp({ auths }, registry, path)), expected);
    });
  }

  it('kept by a helper is said to be, and the helper is not run', () => {
    const found = lookUp({ credHelpers: { 'reg.test': 'vault' }, credsStore: 'desktop' }, 'reg.test');
    assert.deepEqual(found, { kind: 'helper', program: 'vault', file: join(directory, 'config.json') });
    assert.equal(lookUp({ credsStore: 'desktop' }, 'other.test').kind, 'helper');
  });

  for (const content of ['', '[]', '{"auths":7}', '{"auths":{"reg.test":null}}', 'x'.repeat(2_000_000)]) {
    it(`is nothing in ${content.slice(0, 30) || 'an empty file'}`, () => {
      assert.equal(lookUp(content, 'reg.test').kind, 'none');
    });
  }

  it('is not shown by accident', () => {
    const found = lookUp({ auths }, 'reg.test', 'shop/web');
    assert.doesNotMatch(inspect(found, { depth: 9 }) + JSON.stringify(found), /with:colons/);
  });
});

it('the files of docker and podman are looked into, the one that was named first', () => {
  const files = credentialFiles({ HOME: '/home/a', REGISTRY_AUTH_FILE: '/named', XDG_RUNTIME_DIR: '/run/a' });
  assert.deepEqual(files, [
    '/named',
    '/run/a/containers/auth.json',
    '/home/a/.config/containers/auth.json',
    '/home/a/.docker/config.json',
  ]);
  // podman as root, and as whoever has no session: containers-auth.json(5).
  assert.deepEqual(credentialFiles({}, 0), ['/run/containers/0/auth.json']);
});
