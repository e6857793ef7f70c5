import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ownAddresses } from './hosts-file.ts';

const ID = 'a66a94cbc048fe6f57e8418e76d32110ab60026e7c21aa30ae56c883eaa06889';
const web = { id: ID, name: 'web', extraHosts: [] };

const rows: readonly (readonly [string, string, Parameters<typeof ownAddresses>[1], readonly string[]])[] = [
  ['the host name and the name', '10.88.0.2\ta66a94cbc048 web\n', web, ['10.88.0.2']],
  ['a host name of its own', '10.88.0.2\tshop.example web\n', web, ['10.88.0.2']],
  ['the gateway is another', '10.88.0.1\thost.containers.internal\n', web, []],
  ['loopback is nobody’s', '127.0.0.1\tlocalhost web\n::1\tweb\n', web, []],
  ['what the user added under its name', '10.0.0.9\tweb\n', { ...web, extraHosts: ['web:10.0.0.9'] }, []],
  ['comments and nonsense', '# 10.0.0.1 web\nweb 10.0.0.1\n10.0.0 web\n\n', web, []],
  ['twice the same', '10.0.0.1 web\n10.0.0.1 a66a94cbc048\n', web, ['10.0.0.1']],
];

describe('a container’s own lines of its hosts file', () => {
  for (const [what, text, owner, expected] of rows) {
    it(what, () => assert.deepEqual(ownAddresses(text, owner), expected));
  }

  it('as podman 4.3.1 wrote them, for two networks and IPv6', () => {
    const text = readFileSync(new URL('fixtures/podman-hosts.txt', import.meta.url), 'utf8');
    const owner = { ...web, extraHosts: ['db:10.0.0.9'] };
    assert.deepEqual(ownAddresses(text, owner), ['10.201.8.5', '10.201.7.8', 'fd00:c0:1::8']);
  });
});
