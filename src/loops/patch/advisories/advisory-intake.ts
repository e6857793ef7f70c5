import type { VexData } from '#model';

/** Reads places that advisories come from, and puts what is new there into the advisory store. */
export interface AdvisoryIntake {
  /**
   * Reads what changed since the place was read last: steps as it goes on; with the last one
   * everything is in the store.
   * @param place a URL or an absolute path
   * @param options acceptFewer: also where it has lost more than half of what it had
   * @throws SheerError where the place can't be read; nothing has changed then
   */
  read(
    place: string,
    options: { readonly acceptFewer: boolean; readonly signal: AbortSignal },
  ): AsyncIterable<IntakeStep>;
}

/** How far a sync has come; counts are from its beginning. */
export interface IntakeStep {
  readonly read: number;
  /** Added, changed or removed. */
  readonly changed: number;
  readonly withdrawn: number;
  readonly refused: number;
  /** The first of them. */
  readonly problems: readonly { readonly place: string; readonly problem: string }[];
  /** Of VEX documents that lay among the records; only those that came since the last step. */
  readonly statements: readonly IntakeStatement[];
  /** The documents that came since the last step, also those that say nothing; left out: none did. */
  readonly documents?: readonly IntakeDocument[];
}

/** One edition of a VEX document. */
export interface IntakeDocument {
  /** `AUTHOR/DOCUMENT` */
  readonly id: string;
  readonly edition: NonNullable<VexData['edition']>;
}

export interface IntakeStatement {
  /** `AUTHOR/DOCUMENT/n` */
  readonly id: string;
  readonly statement: Omit<VexData, 'document'>;
  /** The document's bytes; the same object for all statements of one. */
  readonly document: Uint8Array;
}
