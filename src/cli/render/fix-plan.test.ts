import { describeGolden } from '../../../test/fakes/golden.conformance.ts';
import * as patch from '../../../test/fakes/patch-answers.ts';
import { NOW } from '../../../test/fakes/shop-answers.ts';
import type { Look } from '../text/look.ts';
import { renderFixPlan } from './fix-plan.ts';

const look: Look = { columns: 80, colour: false, now: NOW, exact: false };

describeGolden('fix plans', [
  {
    shows: 'what to change, rebuild and start again, and what is left',
    lines: renderFixPlan(patch.fixPlan, look),
    expected: [
      'change 1 image, then 2 rebuilds on 1 level             proven: no plan has fewer',
      '',
      '  change',
      '    base-debian:12 (platform)                              its own source',
      '      its layer 1 brings libssl3 into 2 images',
      '      libssl3 3.0.11-1~deb12u2   → 3.0.22-1~deb12u2   layer 1',
      '',
      '  then rebuild, parents first',
      '    level 2   checkout:2.4   payments   runs 12   built upon base-debian:12',
      '    level 2   web:1          shop        runs 9   built upon base-debian:12',
      '',
      '  start again: a newer build is there already, without it',
      '    search:3   3 instances                             from sha256:5f5f5f5f5f5f…',
      '',
      "  can't be fixed yet",
      '    legacy-java:8 (no owner, 1 instance)                   no build source',
      "      legacy-java:8 has no build source, so it can't be built without libssl3",
      '',
      '  next   sheer verify CVE-2026-31337',
    ],
  },
  {
    shows: 'that nothing can be fixed yet',
    lines: renderFixPlan({ ...patch.fixPlan, fixPoints: [], levels: [], restarts: [] }, look),
    expected: [
      'nothing can be fixed yet                                   CVE-2026-31337',
      '',
      "  can't be fixed yet",
      '    legacy-java:8 (no owner, 1 instance)                   no build source',
      "      legacy-java:8 has no build source, so it can't be built without libssl3",
      '',
      '  next   sheer waive CVE-2026-31337 --for SUBJECT --owner TEAM --reason … --until DATE',
    ],
  },
  {
    shows: 'a move to a newer base, not proven to be the best',
    lines: renderFixPlan(
      {
        ...patch.fixPlan,
        fixPoints: patch.fixPlan.fixPoints.map((point) => ({
          ...point,
          change: 'base-reference',
          to: 'debian:12.8',
        })),
        levels: [],
        restarts: [],
        unfixable: [],
        optimal: false,
      },
      look,
    ),
    expected: [
      'change 1 image, nothing else is rebuilt              not proven to be the fewest',
      '',
      '  change',
      '    base-debian:12 (platform)                           its base, to debian:12.8',
      '      its layer 1 brings libssl3 into 2 images',
      '      libssl3 3.0.11-1~deb12u2   → 3.0.22-1~deb12u2   layer 1',
      '',
      '  next   sheer verify CVE-2026-31337',
    ],
  },
  {
    shows: 'that no image holds it',
    lines: renderFixPlan({ ...patch.fixPlan, fixPoints: [], levels: [], restarts: [], unfixable: [] }, look),
    expected: [
      'no image to fix                                            CVE-2026-31337',
      '',
      '  next   sheer verify CVE-2026-31337',
    ],
  },
]);
