import { scanLayer } from '../layers/scan-layer.ts';
import { answered, dropPrivileges, sayAndEnd } from './confine.ts';

// The confined helper: a layer on standard input, what is in it as JSON on standard output. Everything is
// loaded by now, so nothing that follows needs a file.
dropPrivileges();
sayAndEnd(await answered(() => scanLayer(process.stdin)));
