import {
  distributionOfQualifier,
  ecosystemOfDistribution,
  osvPackageOf,
  parsePackageUrl,
  type ExplanationAnswer,
  type Package,
} from '#model';
import { findVulnerability } from '../affected/vulnerability.ts';
import { matchAdvisory } from '../matching/match-advisory.ts';
import { PatchError } from '../patch-error.ts';
import type { PatchView } from '../view.ts';
import { ask } from './who.ts';

/** Which range and event make a package affected, or not. */
export function explanationAnswer(view: PatchView, id: string, purl: string): ExplanationAnswer {
  const vulnerability = findVulnerability(view.advisories, id);
  if (vulnerability === null) {
    throw new PatchError('not-found', `no advisory that is known has the id "${id}"`, {
      next: 'sheer advisories sync',
    });
  }
  const own = packageOf(view, purl);
  const found = vulnerability.records.map((record) => matchAdvisory(record, own));
  return {
    id: vulnerability.id,
    purl: own.purl,
    affected: found.some(({ affected }) => affected),
    steps: found.flatMap(({ steps }) => steps.map((step) => ({ ...step }))),
  };
}

/** As an image has it, because a URL does not tell the source package's version; else as the URL says. */
function packageOf(view: PatchView, purl: string): Package {
  const url = parsePackageUrl(purl);
  if (url === null || url.version === null) {
    throw new PatchError('invalid-input', `"${purl}" is no package URL with a version`, {
      next: 'as in pkg:deb/debian/openssl@3.0.11-1~deb12u1?arch=amd64&distro=debian-12',
    });
  }
  const [held] = ask(view, purl).holdings.packages.values();
  if (held !== undefined) return { ...held.package, layer: null };
  const known = osvPackageOf(url);
  const distro = url.qualifiers['distro'];
  const ecosystem = distro === undefined ? null : ecosystemOfDistribution(distributionOfQualifier(distro));
  return {
    purl,
    ecosystem: ecosystem ?? known?.ecosystem ?? null,
    name: known?.name ?? url.name,
    version: url.version,
    source: null,
    layer: null,
    path: null,
    readBy: 'cyclonedx',
  };
}
