import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallAnswer, SourceAnswer } from '#model';
import { openConnections, serveConnections } from '../generator/generator.ts';
import { eventually, Product, sourceIsLive } from './product.ts';

const CLIENTS = 2;
const PER_SECOND = 50_000;
const SECONDS = 4;
/** Many, so that a client's 28,000 ports are enough. */
const PORTS = 32;
const LIFETIME_MS = 5;

describe('50,000 connections a second', () => {
  it('are counted, or counted as lost; none is made up, and afterwards all is as before', async () => {
    const product = await Product.start({ engines: ['processes'] });
    try {
      await sourceIsLive(product, 'tcp');
      const address = '127.0.0.1';
      const server = await serveConnections({ address, ports: PORTS, program: 'native' });
      const load = {
        address,
        ports: server.ports,
        perSecond: PER_SECOND / CLIENTS,
        count: (PER_SECOND / CLIENTS) * SECONDS,
        lifetimeMs: LIFETIME_MS,
        program: 'native',
      } as const;
      const truths = await Promise.all(Array.from({ length: CLIENTS }, () => openConnections(load)));
      await server.end();
      const made = truths.flatMap(({ connections }) => connections.filter(({ outcome }) => outcome === 0));
      const lastAt = Math.max(...truths.map(({ connections }) => connections.at(-1)?.at ?? 0));
      const firstAt = Math.min(...truths.map(({ connections }) => connections[0]?.at ?? 0));

      const countOn = async (numbers: readonly number[]): Promise<number> => {
        const calls = await product.ask<readonly CallAnswer[]>('calls');
        const own = calls.filter(({ port }) => port !== null && numbers.includes(port));
        return own.reduce((sum, { connections }) => sum + (connections ?? 0), 0);
      };
      const settled = await untilSettled(() => countOn(server.ports));
      const lost = await lostEvents(product);
      const perSecond = Math.round((made.length / (lastAt - firstAt)) * 1000);
      process.stdout.write(`${made.length} made, ${perSecond}/s, ${settled} found, ${lost} events lost\n`);
      assert.ok(settled <= made.length, `${settled} found of ${made.length}: none is made up`);
      // A connection is told in several events; each that is missing has lost at least one.
      assert.ok(made.length - settled <= lost, `${made.length - settled} are missing, ${lost} were lost`);

      const later = await serveConnections({ address, program: 'native' });
      await openConnections({ ...load, ports: later.ports, perSecond: 100, count: 100 });
      await later.end();
      await eventually('what comes after the flood is counted as before', async () =>
        (await countOn(later.ports)) === 100 ? true : null,
      );
    } finally {
      await product.stop();
    }
  });
});

/** The number that no longer changes. */
async function untilSettled(count: () => Promise<number>): Promise<number> {
  let last = -1;
  return eventually(
    'everything is counted',
    async () => {
      const now = await count();
      await new Promise((resolve) => setTimeout(resolve, 3000));
      const settled = now > 0 && now === last ? now : null;
      last = now;
      return settled;
    },
    120_000,
  );
}

async function lostEvents(product: Product): Promise<number> {
  const sources = await product.ask<readonly SourceAnswer[]>('sources');
  return sources.find(({ id }) => id === 'tcp')?.lost ?? 0;
}
