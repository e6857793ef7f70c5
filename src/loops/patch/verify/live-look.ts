import type { Advisory, PackageList } from '#model';
import type { LiveWanted } from '#sensors';
import type { RunningInstance } from '../questions.ts';
import { imagesOf } from '../running/running-now.ts';
import type { PatchView } from '../view.ts';
import { namedIn } from './judge-list.ts';

/** Readers of a system's database. */
const SYSTEM: ReadonlySet<string> = new Set(['dpkg', 'apk', 'rpm']);

const DATABASES = ['/var/lib/dpkg', '/lib/apk', '/usr/lib/sysimage/rpm', '/var/lib/rpm'];

/**
 * Beside the databases: the files in which the image has what the records speak of. Where nobody
 * knows the image, everything is looked through; of processes of the machine itself only the
 * databases, as a whole machine is not one instance's.
 */
export function wantedOf(
  view: PatchView,
  instance: RunningInstance,
  records: readonly Advisory[],
): LiveWanted {
  const images = imagesOf(instance);
  const isKnown = images.length > 0 && images.every((image) => view.reader.missing(image) === null);
  if (!isKnown) return { paths: [], walk: instance.kind === 'container' };
  const paths = images.flatMap((image) =>
    namedIn(view.lists.packagesOf(image), records).flatMap(({ path, readBy }) =>
      path === null || SYSTEM.has(readBy) ? [] : [path],
    ),
  );
  return { paths: [...new Set(paths)].toSorted(), walk: false };
}

/** Why a look at live files is not good enough for a verdict; null: it is. */
export function gapIn(view: PatchView, instance: RunningInstance, list: PackageList): string | null {
  const unread = list.unread.find(
    ({ path }) => path === '/' || DATABASES.some((database) => path.startsWith(database)),
  );
  if (unread !== undefined) return `${unread.path}: ${unread.reason}`;
  const has = (packages: PackageList['packages']): boolean =>
    packages.some(({ readBy }) => SYSTEM.has(readBy));
  const hadSystem = imagesOf(instance).some((image) => has(view.lists.packagesOf(image)));
  return hadSystem && !has(list.packages) ? 'its package database is not there any more' : null;
}
