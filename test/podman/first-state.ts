import { createContainersEngine } from '#engines';

/** Prints the first thing that the containers engine says of a socket: for tests as another user. */
const [, , socketPath = ''] = process.argv;
const engine = createContainersEngine({ id: 'podman', socketPath, node: 'node-1', clock: () => Date.now() });
const stop = new AbortController();
for await (const [first] of engine.observe(stop.signal)) {
  if (first?.kind === 'state') process.stdout.write(JSON.stringify(first.data));
  stop.abort();
}
