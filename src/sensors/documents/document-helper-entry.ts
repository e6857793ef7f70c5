import { answered, dropPrivileges, readAll, sayAndEnd } from '../packages/helper/confine.ts';
import { readDocument } from './read-document.ts';

// A confined helper: a document on standard input, what it says as JSON on standard output. Everything is
// loaded by now, so nothing that follows needs a file.
dropPrivileges();
sayAndEnd(await answered(async () => readDocument(await readAll(process.stdin))));
