import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';
import {
  compileDeclaredServices,
  deriveService,
  type InstanceView,
  type ObservedCall,
  type ObservedService,
  suggestDeclarations,
} from '#graph';
import type { InstanceData, ServiceData } from '#model';

import { containerData } from '../../../../test/fakes/container-data.ts';
import { parseDeclarations } from './parse-declarations.ts';

function view(data: Partial<InstanceView['data']>, ports: readonly number[] = []): InstanceView {
  return { data: containerData({ name: 'web-1', networks: [], ...data }), ports };
}

/** The services of instances that nobody declared, as the graph groups them. */
function observe(views: readonly InstanceView[]): readonly ObservedService[] {
  const services = new Map<string, { -readonly [K in keyof ObservedService]: ObservedService[K] }>();
  for (const instance of views) {
    const service = deriveService(instance, compileDeclaredServices([], []));
    if (service.kind === 'conflict') continue;
    const known = services.get(service.id);
    if (known === undefined)
      services.set(service.id, { service, declared: false, instances: [instance], owner: null });
    else known.instances = [...known.instances, instance];
  }
  return [...services.values()];
}

function servicesIn(text: string): readonly { id: string; data: ServiceData }[] {
  const { subjects } = parseDeclarations([{ name: 'sheer.yaml', content: text }]);
  return subjects.flatMap((subject) =>
    subject.kind === 'service' ? [{ id: subject.id, data: subject.data }] : [],
  );
}

const call = (from: string, to: string, port: number): ObservedCall => ({
  from,
  to,
  port,
  protocol: 'tcp',
  seen: '1,204 connections, the last one 3 s ago',
});

describe('a suggestion', () => {
  it('says what runs, by which evidence, and whom it calls', () => {
    const compose = (service: string): InstanceData['labels'] => ({
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': service,
    });
    const services = observe([
      view({ name: 'shop-web-1', labels: compose('web') }),
      view({ name: 'shop-cart-1', labels: { ...compose('cart'), env: 'test' } }),
      view({ name: 'shop-cart-2', labels: { ...compose('cart'), env: 'test' } }),
      view({ name: 'worker-1' }),
      view({ name: 'worker-2' }),
      view({
        kind: 'process',
        name: 'node 7',
        executable: '/usr/bin/node',
        workingDirectory: '/srv/shop/mail',
      }),
      view({ kind: 'process', name: 'node 8', executable: '/usr/bin/node', workingDirectory: '/' }),
      view({
        kind: 'process',
        name: 'redis-server 9',
        executable: '/usr/bin/redis-server',
        unit: 'cache@1.service',
      }),
    ]);
    const text = suggestDeclarations(
      services,
      [
        call('default/shop/web', 'test/shop/cart', 8080),
        call('default/shop/web', '10.1.2.3', 5432),
        call('default/shop/web', 'internet', 443),
        call('default/shop/web', 'default/shop/gone', 80),
      ],
      [{ name: '10.1.2.3', declared: false, addresses: ['10.1.2.3'], ports: [5432], seen: 'called by web' }],
    );
    assert.equal(
      text,
      `# What runs here and is not declared yet, as Sheerline sees it.
# Give each service its owner (a team under \`teams:\`), then: sheer declare sheer.yaml

services:
  # 1 instance, known by systemd unit cache@1.service; nobody owns it
  cache:
    match: { unit: "cache@*" }
  # 1 instance, known by executable /usr/bin/node in /srv/shop/mail; nobody owns it
  mail:
    match: { executable: /usr/bin/node, workingDirectory: /srv/shop/mail }
  # 1 instance, known by executable /usr/bin/node; nobody owns it
  # node: no selector tells it apart from what else runs
  # 2 instances, known by container name worker-1; nobody owns it
  worker:
    match: { name: "worker-*" }
  # 1 instance, known by Compose project shop, service web; nobody owns it
  web:
    application: shop
    match: { label: [com.docker.compose.project=shop, com.docker.compose.service=web] }
    calls:
      - { external: "10.1.2.3", port: 5432 }   # 1,204 connections, the last one 3 s ago
      # - { service: default/shop/gone, port: 80 }: 1,204 connections, the last one 3 s ago, but nothing of it runs now
      # - { external: internet, port: 443 }: 1,204 connections, the last one 3 s ago, but it has no name here yet
      - { service: cart, port: 8080 }   # 1,204 connections, the last one 3 s ago
  # 2 instances, known by Compose project shop, service cart; nobody owns it
  cart:
    application: shop
    environment: test
    match: { label: [com.docker.compose.project=shop, com.docker.compose.service=cart, env=test] }

externals:
  # called by web; give it its name
  "10.1.2.3":
    addresses: "10.1.2.3"
    ports: [5432]
`,
    );
    const ids = parseDeclarations([{ name: 'sheer.yaml', content: text }]).subjects.map(
      ({ kind, id }) => `${kind} ${id}`,
    );
    assert.deepEqual(ids, [
      'service default/default/cache',
      'service default/default/mail',
      'service default/default/worker',
      'service default/shop/web',
      'service test/shop/cart',
      'external 10.1.2.3',
      'call default/shop/web>10.1.2.3:5432',
      'call default/shop/web>test/shop/cart:8080',
    ]);
  });

  it('for nothing new declares nothing', () => {
    const text = suggestDeclarations([], [], []);
    assert.equal(text, '# Everything that was seen here is declared.\n');
    assert.deepEqual(servicesIn(text), []);
  });

  it('may call what is declared already', () => {
    const [web, cart] = observe([view({ name: 'web' }), view({ name: 'cart' })]);
    assert.ok(web && cart);
    const services = [web, { ...cart, declared: true }];
    const text = suggestDeclarations(
      services,
      [call(web.service.id, cart.service.id, 1), call(cart.service.id, web.service.id, 2)],
      [],
    );
    const elsewhere = [{ kind: 'service', id: cart.service.id }] as const;
    const { subjects } = parseDeclarations([{ name: 'sheer.yaml', content: text }], elsewhere);
    assert.deepEqual(
      subjects.map(({ id }) => id),
      [
        'default/default/web',
        'default/default/cart>default/default/web:2',
        'default/default/web>default/default/cart:1',
      ],
    );
  });

  const hostile = fc.oneof(
    fc.constantFrom(
      'web',
      'cart-1',
      'cart-2',
      'a*',
      '*',
      '\\*',
      'true',
      '# x',
      ': ',
      '- a',
      '\u202e',
      '\n',
      '"',
      "'",
      '&a',
      'a/b',
      '1e3',
      '~',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom('a', '-', '1', '*', '\\', '/', '\ud800', ':', ' ', '%'),
      maxLength: 6,
    }),
  );
  const label = fc.constantFrom(
    'com.docker.compose.service',
    'com.docker.compose.project',
    'app.kubernetes.io/name',
    'app.kubernetes.io/part-of',
    'environment',
  );
  const instance = fc
    .record(
      {
        kind: fc.constantFrom('container' as const, 'process' as const),
        name: hostile,
        labels: fc.dictionary(label, hostile, { maxKeys: 3, noNullPrototype: true }),
        unit: fc.option(hostile),
        cgroup: fc.option(hostile.map((name) => `/system.slice/${name}.service`)),
        executable: fc.option(
          fc.oneof(
            hostile,
            hostile.map((name) => `/bin/${name}`),
            fc.constant('/usr/bin/node'),
          ),
        ),
        workingDirectory: fc.option(hostile.map((name) => `/srv/${name}`)),
        images: fc.array(
          hostile.map((name) => ({ name, id: null })),
          { maxLength: 2 },
        ),
      },
      { requiredKeys: [] },
    )
    .map((data) => view(data));

  it('reads back, whatever runs, and once declared no instance has another name', () => {
    fc.assert(
      fc.property(fc.array(instance, { maxLength: 12 }), (views) => {
        const services = observe(views);
        const calls = services.flatMap(({ service }, index) =>
          call(service.id, services[index + 1]?.service.id ?? 'internet', 80),
        );
        const declared = compileDeclaredServices(servicesIn(suggestDeclarations(services, calls, [])), []);
        for (const { service, instances } of services) {
          for (const one of instances) {
            const again = deriveService(one, declared);
            assert.equal(again.kind === 'service' ? again.id : again.services.join(), service.id);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
