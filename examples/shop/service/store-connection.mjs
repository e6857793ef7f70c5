import { connect } from 'node:net';

/** A TCP connection to a store that is asked one question at a time; reconnects when it is lost. */
export class StoreConnection {
  #name;
  #url;
  #truth;
  #keepAlive;
  #greeting;
  #lengthOfAnswer;
  #socket = null;
  #last = Promise.resolve();

  /**
   * @param greeting bytes to send first, and whose answer to wait for; null: none
   * @param lengthOfAnswer bytes of the first whole answer in a buffer, 0 when there is none yet
   */
  constructor(name, url, { truth, keepAlive, greeting = null, lengthOfAnswer }) {
    this.#name = name;
    this.#url = new URL(url);
    this.#truth = truth;
    this.#keepAlive = keepAlive;
    this.#greeting = greeting;
    this.#lengthOfAnswer = lengthOfAnswer;
  }

  /** The whole answer, as it came. */
  ask(question) {
    const turn = this.#last.then(() => this.#askNow(question));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  close() {
    this.#socket?.destroy();
    this.#socket = null;
  }

  async #askNow(question) {
    this.#count('requests');
    try {
      if (this.#socket === null) await this.#open();
      return await this.#exchange(question);
    } catch (error) {
      this.#count('failed');
      this.close();
      throw new Error(`${this.#name} did not answer: ${error.message}`, { cause: error });
    } finally {
      if (!this.#keepAlive) this.close();
    }
  }

  async #open() {
    this.#count('connections');
    const socket = connect({ host: this.#url.hostname, port: Number(this.#url.port) });
    this.#socket = socket;
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = null;
    });
    if (this.#greeting !== null) await this.#exchange(this.#greeting);
  }

  #exchange(question) {
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      let answer = Buffer.alloc(0);
      const done = (settle, value) => {
        socket.off('data', onData).off('error', onError).off('close', onClose);
        // Without a listener, a later error would end the process.
        socket.on('error', () => undefined);
        settle(value);
      };
      const onData = (chunk) => {
        answer = Buffer.concat([answer, chunk]);
        const length = this.#lengthOfAnswer(answer);
        if (length > 0) done(resolve, answer.subarray(0, length));
      };
      const onError = (error) => done(reject, error);
      const onClose = () => done(reject, new Error('the connection was closed'));
      socket.on('data', onData).on('error', onError).on('close', onClose);
      socket.write(question);
    });
  }

  #count(what) {
    this.#truth.count(this.#name, Number(this.#url.port), what);
  }
}
