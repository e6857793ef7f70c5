import type { Instant } from './instant.ts';

/**
 * One reading of an image's packages, or one list about it. Id: `IMAGE/ORIGIN`, from
 * {@link packageListId}. The list itself lies in the content store.
 */
export interface PackageListData {
  /** Config digest. */
  readonly image: string;
  readonly origin: PackageListOrigin;
  /** Where its bytes came from: `podman`, `registry`, `layout`, `file:NAME`, `referrer`. */
  readonly from: string;
  /** What made a list of somebody else's: `syft 1.9.0`; null for our own reading, or where it does not tell. */
  readonly tool: string | null;
  /** `sha256:…` of the {@link PackageList} as JSON, in the content store. */
  readonly content: string;
  readonly packages: number;
  /** How many places could not be read. */
  readonly unread: number;
}

/** `read`: by our own readers from the layers themselves. */
export type PackageListOrigin = 'read' | 'cyclonedx' | 'spdx';

/** `sha256:…/read` */
export function packageListId(image: string, origin: PackageListOrigin): string {
  return `${image}/${origin}`;
}

/** Someone answers for leaving a vulnerability where it is. Id: `VULNERABILITY/SUBJECT`. */
export interface WaiverData {
  readonly vulnerability: string;
  /** A service, an image, a team or an instance. */
  readonly subject: string;
  /** The team that answers for it. */
  readonly owner: string;
  readonly reason: string;
  /** It counts no more from then on, by itself. */
  readonly until: Instant;
}

/** One statement of an OpenVEX document. Id: `AUTHOR/DOCUMENT/n`. */
export interface VexData {
  readonly vulnerability: string;
  /** Package URLs, image names and digests; each of them means the same product, or one of several. */
  readonly products: readonly string[];
  /** Package URLs: it is about these in the products; none: about the products as a whole. */
  readonly components: readonly string[];
  readonly status: 'not_affected' | 'affected' | 'fixed' | 'under_investigation';
  /** OpenVEX's word (`vulnerable_code_not_present`), or what the author wrote; null: no reason was given. */
  readonly justification: string | null;
  readonly author: string;
  /** The statement's own time, or else its document's. */
  readonly at: Instant;
  /** Which of its document's editions says so, by the document's own count and time; of old facts it is not known. */
  readonly edition?: { readonly version: number; readonly at: Instant };
  /** `sha256:…` of the document, in the content store. */
  readonly document: string;
}

/** A vulnerability that touches something running, from when it does. Id: the vulnerability's. */
export interface CaseData {
  readonly state: 'open' | 'closed';
  /** Why it was opened or closed, in plain words. */
  readonly reason: string;
  /** When it was last found to touch something running: deadlines count from there. */
  readonly openedAt: Instant;
  /** How often it was opened again after it had been closed. */
  readonly reopened: number;
  /** `sha256:…` of the last proof that was made, in the content store: of a closed case the one that closed it. */
  readonly proof: string | null;
}

/** One place that advisories are taken from, as of its last sync. Id: the URL or the absolute path. */
export interface AdvisorySourceData {
  readonly records: number;
  readonly withdrawn: number;
  /** The latest `modified` of its records: what is newer is read next time; null: it has none. */
  readonly modifiedUntil: Instant | null;
  /** `sha256:…` of what the sync read, in the content store; null: it read nothing. */
  readonly content: string | null;
}
