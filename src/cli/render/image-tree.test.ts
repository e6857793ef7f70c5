import { describeGolden } from '../../../test/fakes/golden.conformance.ts';
import * as patch from '../../../test/fakes/patch-answers.ts';
import { NOW } from '../../../test/fakes/shop-answers.ts';
import type { Look } from '../text/look.ts';
import { renderImageTree } from './image-tree.ts';
import { renderPackages, renderAddedDocument } from './packages.ts';

const look: Look = { columns: 80, colour: false, now: NOW, exact: false };

describeGolden('images and packages', [
  {
    shows: 'the tree of images',
    lines: renderImageTree(patch.imageNodes, look),
    expected: [
      'image               team           runs   packages   base known by',
      'base-debian:12      platform          0         88',
      '├─ checkout:2.4     payments         12        140   FROM, 1 layer',
      '└─ web:1            shop              9   not read   annotation, 1 layer',
      '   └─ web-debug:1   shop       not seen              FROM, declared',
      'debian:11                      not seen',
      '└─ legacy-java:8                      1         60   annotation, declared',
      '',
      '  checkout:2.4 copies files from builder                   COPY --from',
      '',
      '5 images. 1 not read.                                      sheer packages IMAGE',
    ],
  },
  {
    shows: 'no images',
    lines: renderImageTree([], look),
    expected: ['no image is in use or declared                             sheer sources'],
  },
  {
    shows: 'what is in an image',
    lines: renderPackages(patch.packageList, look),
    expected: [
      'checkout:2.4   2 packages, Debian 12                 read from podman, 2 min ago',
      '  used       read from podman                             2 packages   2 min ago',
      '  not used   cyclonedx from file:checkout.cdx.json (sy…    1 package   1 d ago',
      '',
      'package    version            brought in by    layer   by',
      'libssl3    3.0.11-1~deb12u2   base-debian:12       1   dpkg',
      'left-pad   1.3.0              itself               4   npm',
      '',
      '  1 package in one list only',
      '    pkg:npm/left-pad@1.3.0   read',
      '',
      '  could not be read',
      '    usr/share/java/broken.jar: it is no zip',
      '',
      '  next   sheer cases',
    ],
  },
  {
    shows: 'an instance without any list that names a package',
    lines: renderPackages(
      {
        ...patch.packageList,
        instance: 'container/7f9c4',
        packages: [],
        lists: patch.packageList.lists.slice(0, 1),
        disagreements: [],
        unread: [],
      },
      look,
    ),
    expected: [
      'checkout:2.4   0 packages, Debian 12                 read from podman, 2 min ago',
      '  running as container/7f9c4',
      '',
      '  no package was found',
      '',
      '  next   sheer documents add FILE',
    ],
  },
  {
    shows: 'that no package is called so, of an image in a registry',
    lines: renderPackages(
      {
        ...patch.packageList,
        names: ['registry.example:5000/shop/checkout:2.4'],
        packages: [],
        lists: patch.packageList.lists.slice(0, 1),
        disagreements: [],
        unread: [],
      },
      look,
      'ssl',
    ),
    expected: [
      'shop/checkout:2.4   0 of 2 packages, Debian 12       read from podman, 2 min ago',
      '',
      '  no package with "ssl" in its name, or in its source\'s',
      '',
      '  next   sheer cases',
    ],
  },
  {
    shows: 'a list that was taken',
    lines: renderAddedDocument({ kind: 'cyclonedx', id: 'checkout:2.4' }, look),
    expected: ['cyclonedx list was taken: it is about checkout:2.4', '  next   sheer packages checkout:2.4'],
  },
  {
    shows: 'statements that were taken',
    lines: renderAddedDocument({ kind: 'openvex', id: 'https://example.org/vex/1' }, look),
    expected: ['VEX statements were taken: https://example.org/vex/1       sheer cases'],
  },
]);
