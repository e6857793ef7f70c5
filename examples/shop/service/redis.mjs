import { StoreConnection } from './store-connection.mjs';

/** As much of RESP as counters need. https://redis.io/docs/latest/develop/reference/protocol-spec/ */
export function connectRedis(url, { truth, keepAlive }) {
  const connection = new StoreConnection('redis', url, { truth, keepAlive, lengthOfAnswer });
  return {
    /** The counter's new value. */
    async increment(key) {
      const answer = (await connection.ask(encode(['INCR', key]))).toString();
      if (!answer.startsWith(':')) throw new Error(`redis refused: ${answer.trim()}`);
      return Number(answer.slice(1));
    },
    close: () => connection.close(),
  };
}

function encode(words) {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

/** Integers, simple strings and errors are one line each. */
function lengthOfAnswer(buffer) {
  const end = buffer.indexOf('\r\n');
  return end === -1 ? 0 : end + 2;
}
