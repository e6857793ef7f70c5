import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { after, describe, it } from 'node:test';
import type { FlowEvent } from '#model';
import { describeSensor, ObservedSensor } from '../sensor.conformance.ts';
import { createConntrackSensor } from './conntrack-sensor.ts';

// `conntrack-sensor.system.test.ts` runs this file in a network namespace that has nothing in it.
const ADDRESS = '10.99.0.1';
const PUBLISHED = 9_999;
const REAL = 8_888;
const create = () => createConntrackSensor({ clock: Date.now });

execFileSync('ip', ['link', 'set', 'lo', 'up']);
execFileSync('ip', ['address', 'add', `${ADDRESS}/24`, 'dev', 'lo']);

void describe('conntrack sensor where nothing is tracked', () => {
  void it('says so, without starting anything', async () => {
    const sensor = create();
    const probe = await sensor.probe();
    assert.ok(!probe.usable);
    assert.match(probe.reason, /no firewall rule needs it/);
    await using observed = new ObservedSensor(sensor);
    const state = await observed.until('a state', ({ kind }) => kind === 'state');
    assert.ok(state.kind === 'state' && state.data.state === 'inactive');
    assert.equal(sensor.helperPid?.(), null);
  });

  void it('changes no rule and no setting', () => {
    assert.equal(execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' }), '');
    addTranslation();
  });
});

describeSensor('conntrack', {
  create,
  traffic: async () => {
    const port = await send(ADDRESS, 7_000);
    return (flow) => flow.client.port === port && flow.server.port === 7_000;
  },
});

void describe('conntrack sensor where translation is in place', () => {
  void it('tells to where a flow was translated', async () => {
    await using observed = await live();
    const server = await listen(REAL);
    const port = await send(ADDRESS, PUBLISHED);
    const flow = await observed.until('the flow', clientPort(port));
    server.close();
    assert.ok(flow.kind === 'flow');
    assert.deepEqual([flow.server.port, flow.translated], [PUBLISHED, { ip: ADDRESS, port: REAL }]);
    assert.deepEqual([flow.seenFrom, flow.protocol, flow.bytes], ['path', 'udp', null]);
  });

  void it('sees every one of 2,000 flows once', async () => {
    await using observed = await live();
    const client = await listen(0);
    const own = client.address().port;
    for (let port = 20_000; port < 22_000; port += 1) await sendFrom(client, ADDRESS, port);
    await observed.settled();
    client.close();
    const seen = observed.flows.filter((flow) => flow.client.port === own && flow.connections === 1);
    assert.deepEqual(new Set(seen.map((flow) => flow.server.port)).size, 2_000);
    assert.equal(seen.length, 2_000);
  });

  void it('counts a loss, and finds what was lost in the list', async () => {
    const sensor = create();
    await using observed = await live(sensor);
    const pid = sensor.helperPid?.() ?? assert.fail('there is no helper');
    process.kill(pid, 'SIGSTOP');
    const client = await listen(0);
    after(() => client.close());
    const own = client.address().port;
    // 60,000 events of about 300 bytes each are more than the buffer of 16 MB holds with its overhead.
    for (let port = 1; port <= 60_000; port += 1) await sendFrom(client, ADDRESS, port);
    process.kill(pid, 'SIGCONT');
    const lost = await observed.until('a loss', ({ kind }) => kind === 'lost');
    assert.ok(lost.kind === 'lost' && lost.count >= 1);
    const found = new Set<number>();
    const count = (event: FlowEvent): boolean => {
      if (event.kind === 'flow' && event.client.port === own) found.add(event.server.port);
      return found.size === 60_000;
    };
    for (const event of observed.events) count(event);
    if (found.size < 60_000) await observed.until('every flow', count);
  });

  void it('sees bytes where the machine counts them', async () => {
    execFileSync('sysctl', ['-q', 'net.netfilter.nf_conntrack_acct=1']);
    await using observed = await live();
    const port = await send(ADDRESS, 7_001);
    await observed.until('the flow', clientPort(port));
    execFileSync('conntrack', ['-D', '-p', 'udp', '--sport', String(port)], { stdio: 'ignore' });
    const end = await observed.until('its end', clientPort(port));
    assert.ok(end.kind === 'flow');
    assert.deepEqual([end.bytes, end.connections, end.verdict], ['hello'.length, 0, 'unanswered']);
  });
});

const clientPort =
  (port: number) =>
  (event: FlowEvent): boolean =>
    event.kind === 'flow' && event.client.port === port;

async function live(sensor = create()): Promise<ObservedSensor> {
  const observed = new ObservedSensor(sensor);
  await observed.until('live', (event) => event.kind === 'state' && event.data.state === 'live');
  return observed;
}

function addTranslation(): void {
  const rules = [
    'table ip translation {',
    'chain output {',
    'type nat hook output priority -100',
    `ip daddr ${ADDRESS} udp dport ${PUBLISHED} dnat to ${ADDRESS}:${REAL}`,
    '}',
    '}',
    '',
  ];
  execFileSync('nft', ['-f', '-'], { input: rules.join('\n') });
}

async function listen(port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, ADDRESS);
  await once(socket, 'listening');
  socket.on('message', () => undefined);
  socket.on('error', () => undefined);
  return socket;
}

function sendFrom(socket: Socket, address: string, port: number): Promise<void> {
  return new Promise((resolve) => socket.send('hello', port, address, () => resolve()));
}

/** Sends one datagram; the port that it was sent from. */
async function send(address: string, port: number): Promise<number> {
  const socket = await listen(0);
  const own = socket.address().port;
  await sendFrom(socket, address, port);
  socket.close();
  return own;
}
