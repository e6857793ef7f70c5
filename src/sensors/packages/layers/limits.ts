/** What one layer may be and hold; past it the layer is refused, and is `unread`. */
export interface LayerLimits {
  /** Of the uncompressed archive. */
  readonly bytes: number;
  readonly entries: number;
  /** Of one path. */
  readonly nameBytes: number;
  /** Of all paths together, which are held in memory. */
  readonly allNameBytes: number;
  /** Of an extended header, which is held in memory. */
  readonly headerBytes: number;
  /** Of everything that is found. */
  readonly packages: number;
}

/**
 * The largest layers in use (machine learning) have some 20 GB; the fullest (a development machine) some
 * 700,000 entries. Linux has no longer paths than 4,096 bytes. All names of a million entries are 100 MB.
 */
export const LAYER_LIMITS: LayerLimits = {
  bytes: 64 * 2 ** 30,
  entries: 2_000_000,
  nameBytes: 4096,
  allNameBytes: 256 * 2 ** 20,
  headerBytes: 2 ** 20,
  packages: 200_000,
};
