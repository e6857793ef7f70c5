/**
 * Side by side: who held this IPv4 address (an unsigned number) at some moment of `from` to `to`, both
 * included? Logs are exact to the second at best, or to the microsecond; who can't be told apart
 * within it is ambiguous.
 */
export interface AddressQuestions {
  readonly ipv4: Uint32Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/**
 * Who held an address as of the flow's own time, in the log's scope. Answers are numbers: a holder
 * (0 and up, the caller's numbering) or a negative code of the caller's for why there is none.
 */
export interface AddressResolver {
  /** Answers the first `count` questions into `holders`. */
  resolveEach4(questions: AddressQuestions, holders: Int32Array, count: number): void;

  /** `ip` is a canonical IPv6 address (RFC 5952). */
  resolve6(ip: string, from: number, to: number): number;

  /**
   * Whether somebody is known to listen there; asked only where the ports alone don't tell which end
   * is the server.
   */
  listens?(ip: number | string, port: number, protocol: number): boolean;
}
