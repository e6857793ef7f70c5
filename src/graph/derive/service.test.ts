import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';
import type { EnvironmentData } from '#model';

import type { InstanceView } from './instance-view.ts';
import { container, image, process, service } from './instance-view.fixture.ts';
import { compileDeclaredServices, type Declared, deriveService } from './service.ts';

const compose = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' };
const environment = (name: string, label: string): Declared<EnvironmentData> => ({
  id: name,
  data: { name, match: [{ label: [label] }] },
});

function derived(view: InstanceView): string {
  const answer = deriveService(view, compileDeclaredServices([], []));
  return answer.kind === 'conflict' ? 'conflict' : `${answer.id} by ${answer.derivedFrom}: ${answer.how}`;
}

const NODE = '/usr/bin/node';

/** What the instance says of itself; the service that it is. */
const UNDECLARED: readonly (readonly [string, InstanceView, string])[] = [
  [
    'Sheerline itself, whatever runs it',
    process({ name: 'sheerline', isControlPlane: true, executable: NODE, unit: 'node.service' }),
    'default/default/sheerline by itself: the control plane itself',
  ],
  [
    'Compose labels',
    container({ name: 'shop-web-1', labels: compose }),
    'default/shop/web by compose: Compose project shop, service web',
  ],
  [
    'Compose labels of podman-compose',
    container({ labels: { 'io.podman.compose.project': 'shop', 'com.docker.compose.service': 'web' } }),
    'default/shop/web by compose: Compose project shop, service web',
  ],
  [
    'Compose before Kubernetes',
    container({ labels: { ...compose, 'app.kubernetes.io/name': 'other' } }),
    'default/shop/web by compose: Compose project shop, service web',
  ],
  [
    'an environment label',
    container({ labels: { ...compose, environment: 'production' } }),
    'production/shop/web by compose: Compose project shop, service web',
  ],
  [
    'Kubernetes labels',
    container({
      labels: { 'app.kubernetes.io/name': 'cart', 'app.kubernetes.io/part-of': 'shop', env: 'test' },
    }),
    'test/shop/cart by kubernetes: labels app.kubernetes.io/name=cart, app.kubernetes.io/part-of=shop',
  ],
  [
    'a component of an application with one name',
    container({
      labels: {
        'app.kubernetes.io/name': 'shop',
        'app.kubernetes.io/part-of': 'shop',
        'app.kubernetes.io/component': 'worker',
      },
    }),
    'default/shop/worker by kubernetes: labels app.kubernetes.io/name=shop, app.kubernetes.io/part-of=shop, app.kubernetes.io/component=worker',
  ],
  [
    'a systemd unit',
    process({ unit: 'nginx.service', executable: '/usr/sbin/nginx' }),
    'default/default/nginx by unit: systemd unit nginx.service',
  ],
  [
    'an instance of a template unit',
    process({ unit: 'postgresql@15-main.service' }),
    'default/default/postgresql by unit: systemd unit postgresql@15-main.service',
  ],
  [
    "a person's own session",
    process({ unit: 'user@1000.service', executable: '/usr/bin/vim' }),
    'default/default/vim by executable: executable /usr/bin/vim',
  ],
  [
    'the cgroup of a service',
    process({ cgroup: '/system.slice/redis.service/worker', executable: '/usr/bin/redis-server' }),
    'default/default/redis by cgroup: cgroup of the service redis.service',
  ],
  [
    "OpenRC's cgroup",
    process({ cgroup: '/openrc.nginx' }),
    'default/default/nginx by cgroup: cgroup of the service nginx',
  ],
  [
    'a cgroup that anything may be in',
    process({ cgroup: '/user.slice/session-1.scope', executable: '/usr/sbin/nginx' }),
    'default/default/nginx by executable: executable /usr/sbin/nginx',
  ],
  [
    'a replica by its container name',
    container({ name: 'checkout-2', images: [image('busybox')] }),
    'default/default/checkout by name: container name checkout-2',
  ],
  [
    'a container that nobody named',
    container({ name: 'nostalgic_hopper', images: [image('localhost:5000/shop/cart:1.2')] }),
    'default/default/cart by image: image localhost:5000/shop/cart:1.2',
  ],
  [
    'a container that nobody named, of an image without a name',
    container({ name: 'nostalgic_hopper', images: [image(`sha256:${'a'.repeat(64)}`)] }),
    'default/default/nostalgic_hopper by name: name nostalgic_hopper',
  ],
  [
    'an interpreter in a directory',
    process({ executable: NODE, workingDirectory: '/srv/shop/checkout' }),
    'default/default/checkout by executable: executable /usr/bin/node in /srv/shop/checkout',
  ],
  [
    'an interpreter in a release directory',
    process({ executable: '/usr/bin/python3.11', workingDirectory: '/srv/cart/releases/20260131' }),
    'default/default/cart by executable: executable /usr/bin/python3.11 in /srv/cart/releases/20260131',
  ],
  [
    'an interpreter at home',
    process({ executable: '/usr/bin/python3.11', workingDirectory: '/home/alice' }),
    'default/default/python by executable: executable /usr/bin/python3.11',
  ],
  [
    'a program that was upgraded while it ran',
    process({ executable: '/usr/sbin/nginx (deleted)' }),
    'default/default/nginx by executable: executable /usr/sbin/nginx',
  ],
  ['a process of which only the name is known', process({}), 'default/default/node by name: name node 4711'],
  [
    'hostile labels',
    container({
      labels: { 'com.docker.compose.project': '../etc', 'com.docker.compose.service': 'a\u202e\nb/%' },
    }),
    'default/..%2Fetc/a%E2%80%AE%0Ab%2F%25 by compose: Compose project ../etc, service a\u202e\nb/%',
  ],
];

describe('the service of an instance that nobody declared', () => {
  for (const [situation, view, expected] of UNDECLARED) {
    it(`is known by ${situation}`, () => assert.equal(derived(view), expected));
  }
});

describe('the service of an instance that is declared', () => {
  const view = container({ labels: { ...compose, environment: 'production' }, name: 'shop-web-1' }, [80]);

  it('is the one whose selector matches', () => {
    const declared = compileDeclaredServices(
      [service('production/shop/front', { match: [{ label: ['com.docker.compose.service=w*'], port: 80 }] })],
      [],
    );
    assert.deepEqual(deriveService(view, declared), {
      kind: 'service',
      id: 'production/shop/front',
      name: 'front',
      application: 'shop',
      environment: 'production',
      derivedFrom: 'selector',
      how: 'declared: label com.docker.compose.service=w* and port 80',
    });
  });

  it('is none when two selectors match, and the conflict names both', () => {
    const declared = compileDeclaredServices(
      [
        service('default/b/b', { match: [{ port: 80 }] }),
        service('default/a/a', { match: [{ name: 'shop-web-*' }] }),
        service('default/c/c', { match: [{ port: 81 }] }),
      ],
      [],
    );
    assert.deepEqual(deriveService(view, declared), {
      kind: 'conflict',
      services: ['default/a/a', 'default/b/b'],
    });
  });

  it('is the one of its own environment, where environments say what is theirs', () => {
    const match = [{ label: ['com.docker.compose.service=web'] }];
    const declared = compileDeclaredServices(
      [service('production/shop/web', { match }), service('test/shop/web', { match })],
      [environment('production', 'environment=production'), environment('test', 'environment=test')],
    );
    const answer = deriveService(view, declared);
    assert.equal(answer.kind === 'service' && answer.id, 'production/shop/web');
    const elsewhere = deriveService(container({ labels: compose }), declared);
    assert.equal(elsewhere.kind === 'service' && elsewhere.derivedFrom, 'compose');
  });

  it('lies in the declared environment even when its own label says another', () => {
    const declared = compileDeclaredServices([], [environment('live', 'environment=production')]);
    const answer = deriveService(view, declared);
    assert.equal(answer.kind === 'service' && answer.id, 'live/shop/web');
  });
});

describe('derivation', () => {
  const word = fc.constantFrom('web', 'cart', 'a*', '*', 'w*b', 'shop');
  const selector = fc.record(
    {
      label: fc.array(fc.tuple(fc.constantFrom('app', 'env'), word).map((pair) => pair.join('='))),
      name: word,
      port: fc.constantFrom(80, 81),
      image: word,
      executable: word,
    },
    { requiredKeys: [] },
  );
  const declaredServices = fc.uniqueArray(
    fc
      .tuple(fc.constantFrom('test', 'live'), fc.nat({ max: 5 }), fc.array(selector, { maxLength: 3 }))
      .map(([place, number, match]) => service(`${place}/shop/s${number}`, { match })),
    { selector: ({ id }) => id, maxLength: 8 },
  );
  const views = fc
    .record({
      app: word,
      env: fc.constantFrom('test', 'live', 'web'),
      name: word,
      file: word,
      port: fc.constantFrom(80, 81, 82),
    })
    .map(({ app, env, name, file, port }) =>
      container(
        {
          labels: { app, env },
          name,
          images: [image(`registry:5000/x/${file}:1`)],
          executable: `/bin/${file}`,
        },
        [port],
      ),
    );

  it('is a function of the set of declarations: their order does not matter', () => {
    const environments = [environment('live', 'env=live'), environment('test', 'env=t*')];
    fc.assert(
      fc.property(declaredServices, views, fc.boolean(), (services, view, reverse) => {
        const places = reverse ? environments : [];
        const one = deriveService(view, compileDeclaredServices(services, places));
        const other = deriveService(
          view,
          compileDeclaredServices(services.toReversed(), places.toReversed()),
        );
        assert.deepEqual(one, other);
        assert.deepEqual(deriveService(view, compileDeclaredServices(services, places)), one);
      }),
    );
  });
});
