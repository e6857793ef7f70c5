/** What to read of a live root file system. */
export interface LiveWanted {
  /** Beside the package databases: files that the image is known to hold packages in. Absolute. */
  readonly paths: readonly string[];
  /** Also looks through all directories (but other containers' and the kernel's own) for packages of languages and programs. */
  readonly walk: boolean;
}

export interface LiveLimits {
  /** Directories and files that are looked at. */
  readonly entries: number;
  /** Of all files that are read. */
  readonly bytes: number;
}

/** A development machine's image has 700,000 files, of which 4 GB are programs. */
export const LIVE_LIMITS: LiveLimits = { entries: 1_000_000, bytes: 8 * 2 ** 30 };

/** What the reader is told, as one line of JSON. */
export interface LiveRequest {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: another process may have got the number. Null: not known. */
  readonly startTicks: number | null;
  readonly wanted: LiveWanted;
  readonly limits: LiveLimits;
}

/** What it says in the end, as one line of JSON; the files went out as a tar archive. */
export type LiveAnswer =
  | {
      readonly kind: 'read';
      readonly files: number;
      readonly bytes: number;
      readonly unread: readonly { readonly path: string; readonly reason: string }[];
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly reason: string };
