import { parseAdvisory } from '#sensors';
import { openSqliteAdvisories, type AdvisoryStore } from '#store';

/** The store of advisories, of records in OSV's form. */
export function openAdvisories(directory: string): AdvisoryStore {
  return openSqliteAdvisories({
    directory,
    read: (raw) => {
      const reading = parseAdvisory(raw);
      return reading.kind === 'read' ? reading.value : null;
    },
  });
}
