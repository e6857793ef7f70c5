import { Agent, request } from 'node:http';
import { connect } from 'node:net';

/** An HTTP service that this one calls; each connection and request is counted. */
export class Peer {
  #name;
  #url;
  #agent;
  #truth;

  /** @param keepAlive false: every request opens a connection of its own */
  constructor(name, url, { truth, keepAlive }) {
    this.#name = name;
    this.#url = new URL(url);
    this.#truth = truth;
    this.#agent = new Agent({ keepAlive });
    this.#agent.createConnection = (options) => {
      this.#count('connections');
      return connect(options);
    };
  }

  /** The answer's JSON. */
  async call(method, path) {
    this.#count('requests');
    try {
      return await this.#send(method, path);
    } catch (error) {
      this.#count('failed');
      throw new Error(`${this.#name} did not answer ${method} ${path}: ${error.message}`, { cause: error });
    }
  }

  close() {
    this.#agent.destroy();
  }

  #send(method, path) {
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.#url), { method, agent: this.#agent }, (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk) => (body += chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve(JSON.parse(body));
          else reject(new Error(`status ${answer.statusCode}`));
        });
      });
      sent.setTimeout(5000, () => sent.destroy(new Error('no answer within 5 s')));
      sent.on('error', reject);
      sent.end();
    });
  }

  #count(what) {
    this.#truth.count(this.#name, Number(this.#url.port), what);
  }
}
