import type { Advisory, AffectedPackage } from '#model';

/** A record that says nothing but what is affected. */
export function recordOf(affected: readonly AffectedPackage[]): Advisory {
  return {
    id: 'TEST-1',
    modified: 0,
    published: null,
    withdrawn: null,
    aliases: [],
    summary: '',
    severity: 'unknown',
    score: null,
    affected,
  };
}
