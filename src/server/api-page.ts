import { OPENAPI_PATH } from './openapi.ts';
import { DEFAULT_LIMITS } from './options.ts';
import { ROUTES } from './routes/index.ts';

const MEBIBYTE = 1024 * 1024;

/** `docs/api.md`, made from the route table. */
export function apiPage(): string {
  const { declarationBytesMax, flowChunkBytesMax, documentBytesMax, socketRate, tcpRate } = DEFAULT_LIMITS;
  return `# The HTTP API

Made by \`npm run docs\` from the route table; a test compares the two. The schemas are in the OpenAPI 3.1
document that the control plane serves at \`${OPENAPI_PATH}\`.

Two ways in, both only on this machine:

    curl --unix-socket ~/.local/state/sheerline/sheer.sock http://localhost/api/v1/services
    curl -H "Authorization: Bearer $(cat ~/.local/state/sheerline/token)" http://127.0.0.1:7420/api/v1/services

The socket (0600) needs no token: who may open it is its owner. On loopback everything but \`/healthz\` needs the token
of the file \`token\` (0600). A \`Host\` or an \`Origin\` that is not the control plane's own is refused. From another
machine, come over ssh (\`ssh -L\`) or through a proxy that speaks HTTPS.

| route | what it gives |
| --- | --- |
${ROUTES.map(({ method, path, summary }) => `| \`${method.toUpperCase()} ${path}\` | ${summary} |`).join('\n')}
| \`GET ${OPENAPI_PATH}\` | this, for programs |

- Times in a query are RFC 3339, or as people write them: \`02:13\`, \`yesterday 02:13\`, \`5m\` (ago), Unix seconds; all UTC.
  Times in an answer are RFC 3339 in UTC. \`null\` means not known or not measured, never zero.
- A key of the query that a route does not know is refused, with the one that was probably meant.
- Errors are \`{"error": {"code", "message", "detail", "next"}}\`; \`code\` is of a closed list, \`next\` says what to do.
- \`/api/v1/events\` are server-sent events: first \`ready\`, then a \`change\` for each recorded fact. Each id is
  \`AUDIT:OBSERVATIONS\`, the positions of the two streams: send it back as \`Last-Event-ID\` (or \`?after=\`) to go on
  behind it. \`reset\` means that the position is not there (any more): ask everything again.
- Limits: declarations ${declarationBytesMax / MEBIBYTE} MiB, flow-log chunks ${flowChunkBytesMax / MEBIBYTE} MiB, documents ${documentBytesMax / MEBIBYTE} MiB,
  ${tcpRate.perSecond} requests/s over TCP and ${socketRate.perSecond} over the socket; what is more is answered with 413 and 429.
`;
}
