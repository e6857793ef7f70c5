import { StoreConnection } from './store-connection.mjs';

/**
 * As much of PostgreSQL's protocol as one number needs: start-up with trust, then simple queries.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export function connectPostgres(url, { truth, keepAlive }) {
  const { username, pathname } = new URL(url);
  const greeting = startUp({ user: username, database: pathname.slice(1) });
  const connection = new StoreConnection('postgres', url, { truth, keepAlive, greeting, lengthOfAnswer });
  return {
    /** The first column of the first row, as text. */
    async value(sql) {
      return firstValue(await connection.ask(message('Q', `${sql}\0`)));
    },
    close: () => connection.close(),
  };
}

/** Version 3.0, then names and values. */
function startUp(parameters) {
  const body = Buffer.from(`\0\x03\0\0${Object.entries(parameters).flat().join('\0')}\0\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
}

function message(type, text) {
  const body = Buffer.from(text);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** Up to and with ReadyForQuery, which ends every answer. */
function lengthOfAnswer(buffer) {
  for (const { type, end } of messages(buffer)) if (type === 'Z') return end;
  return 0;
}

function firstValue(buffer) {
  for (const { type, start, end } of messages(buffer)) {
    if (type === 'E')
      throw new Error(`postgres refused: ${buffer.toString('utf8', start, end).replaceAll('\0', ' ')}`);
    // DataRow: number of columns (2), length of the first (4), its bytes.
    if (type === 'D') return buffer.toString('utf8', start + 6, start + 6 + buffer.readInt32BE(start + 2));
  }
  throw new Error('postgres answered without a row');
}

/** The whole messages in a buffer: a type byte, a length that counts itself, a body. */
function* messages(buffer) {
  for (let position = 0; position + 5 <= buffer.length;) {
    const end = position + 1 + buffer.readInt32BE(position + 1);
    if (end > buffer.length) return;
    yield { type: String.fromCharCode(buffer[position]), start: position + 5, end };
    position = end;
  }
}
