import type { SubjectData, SubjectKind } from '#model';

/** What people declare in files; waivers and statements about vulnerabilities are said otherwise. */
export const DECLARED_KINDS = [
  'team',
  'environment',
  'service',
  'external',
  'call',
  'ownership',
  'label',
  'build-source',
  'patch-policy',
] as const satisfies readonly SubjectKind[];

export type DeclaredKind = (typeof DECLARED_KINDS)[number];

export interface DeclaredSubjectOf<K extends DeclaredKind> {
  readonly kind: K;
  readonly id: string;
  readonly data: SubjectData[K];
  /** `sheer.yaml:14` */
  readonly location: string;
}

type Distributive<K> = K extends DeclaredKind ? DeclaredSubjectOf<K> : never;

export type DeclaredSubject = Distributive<DeclaredKind>;

/** Everything that a set of files declares, checked as a whole. */
export interface DeclaredSet {
  /** By kind, then by id: the order of the files does not show. */
  readonly subjects: readonly DeclaredSubject[];
  /** What was read and is not used, each with its place. */
  readonly warnings: readonly string[];
}
