import { readFile } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

/**
 * `node registry-entry.ts DIRECTORY MANIFEST-DIGEST`: a registry with one image, whatever name and
 * tag it is asked for. Prints its port. Only what a pull needs: OCI distribution specification,
 * end-1 to end-3.
 */
const [, , directory = '', manifestDigest = ''] = process.argv;

const server = createServer((request, response) => {
  const [, kind, reference = ''] = /^\/v2\/.+\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? [];
  if (request.url === '/v2/') {
    response.end('{}');
    return;
  }
  const digest = /^sha256:[0-9a-f]{64}$/.test(reference) ? reference : manifestDigest;
  readFile(join(directory, digest), (error, content) => {
    if (error !== null) {
      response.writeHead(404).end('{"errors":[]}');
      return;
    }
    const type = kind === 'manifests' ? 'vnd.docker.distribution.manifest.v2+json' : 'octet-stream';
    response.writeHead(200, {
      'content-type': `application/${type}`,
      'content-length': content.length,
      'docker-content-digest': digest,
    });
    response.end(request.method === 'HEAD' ? undefined : content);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.stdout.write(`${address.port}\n`);
});
