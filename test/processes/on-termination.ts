const SIGTERM_EXIT = 143;
const cleanUps: (() => Promise<void>)[] = [];

/** When this process is told to end (node:test runs no hooks then), it ends after all that it cleans up. */
export function onTermination(cleanUp: () => Promise<void>): void {
  if (cleanUps.length === 0) process.once('SIGTERM', () => void cleanUpAndExit());
  cleanUps.push(cleanUp);
}

async function cleanUpAndExit(): Promise<never> {
  await Promise.allSettled(cleanUps.map((cleanUp) => cleanUp()));
  process.exit(SIGTERM_EXIT);
}
