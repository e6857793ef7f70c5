import { enableCompileCache } from 'node:module';

// Before anything else is loaded: from source, most of a start is stripping types.
enableCompileCache();

const { runSheer } = await import('./sheer.ts');

process.exitCode = await runSheer(process.argv.slice(2));
