/** How one image of the tree is built; names are those of the tree, such as `language/python`. */
export interface Recipe {
  readonly name: string;
  readonly team: string;
  readonly level: 1 | 2 | 3;
  /** Of the last stage; null: built from nothing. */
  readonly parent: string | null;
  /** Images that files are copied from (`COPY --from`). */
  readonly copiesFrom: readonly string[];
  /** With `{NAME}` for the reference of another image of the tree. */
  readonly containerfile: string;
  /** Debian packages that somebody unpacked into the build context, below `vendor/`. */
  readonly vendored: readonly string[];
  /** Whether its manifest names its base. */
  readonly annotated: boolean;
}

const PYTHON_FILES = 'usr/lib/python3/dist-packages';
const INSTALL = 'RUN apt-get -q update && apt-get -q -y install';

/** Base, two languages and five applications on three levels; three without base annotations. */
export const EIGHT_IMAGES: readonly Recipe[] = [
  base(),
  language('python', 'python3-minimal'),
  { ...language('tools', 'openssl libexpat1'), annotated: false },
  application('shop/web', 'language/python', `${INSTALL} libexpat1`),
  { ...application('shop/worker', 'language/python', `${INSTALL} redis-tools`), annotated: false },
  copying(),
  vendoring(),
  { ...application('data/reports', 'language/tools', ''), annotated: false },
];

/** Languages and packages of the applications that are added; all have had fixes since the release. */
const MORE_LANGUAGES: readonly (readonly [string, string])[] = [
  ['perl', 'perl'],
  ['nginx', 'nginx-light'],
  ['archive', 'libarchive-tools'],
];
const MORE_PACKAGES = ['jq', 'libexpat1', 'xz-utils', 'redis-tools', '', 'openssl', 'less'] as const;

/** The eight, and twenty-two more. */
export const THIRTY_IMAGES: readonly Recipe[] = [
  ...EIGHT_IMAGES,
  ...MORE_LANGUAGES.map(([name, packages]) => language(name, packages)),
  ...Array.from({ length: 19 }, (_, number) => {
    const languages = ['python', 'tools', ...MORE_LANGUAGES.map(([name]) => name)];
    const packages = MORE_PACKAGES[number % MORE_PACKAGES.length] ?? '';
    const parent = `language/${languages[number % languages.length]}`;
    const made = application(
      `team-${number % 4}/service-${number}`,
      parent,
      packages === '' ? '' : `${INSTALL} ${packages}`,
    );
    return { ...made, annotated: number % 3 !== 0 };
  }),
];

function base(): Recipe {
  return {
    ...plain('base/debian', 1, null),
    // The upgrade does nothing as long as there is nothing newer in the suite.
    containerfile: `FROM scratch
ADD root.tar /
RUN apt-get -q update && apt-get -q -y dist-upgrade
`,
  };
}

function language(name: string, packages: string): Recipe {
  return {
    ...plain(`language/${name}`, 2, 'base/debian'),
    containerfile: `FROM {base/debian}
${INSTALL} ${packages}
`,
  };
}

function application(name: string, parent: string, step: string): Recipe {
  return { ...plain(name, 3, parent), containerfile: lines(`FROM {${parent}}`, step, ...ending(name)) };
}

/** A library of another stage, without the package that it came in. */
function copying(): Recipe {
  return {
    ...plain('pay/gateway', 3, 'language/tools'),
    copiesFrom: ['language/python'],
    containerfile: lines(
      'FROM {language/python} AS build',
      'RUN apt-get -q update && cd /tmp && apt-get -q download python3-urllib3 && dpkg -x python3-urllib3_*.deb /build',
      'FROM {language/tools}',
      `COPY --from=build /build/${PYTHON_FILES} /opt/gateway`,
      ...ending('pay/gateway'),
    ),
  };
}

/** A library that somebody downloaded once. */
function vendoring(): Recipe {
  return {
    ...plain('pay/ledger', 3, 'language/tools'),
    vendored: ['python3-h11'],
    containerfile: lines(
      'FROM {language/tools}',
      `COPY vendor/${PYTHON_FILES} /opt/ledger/vendor`,
      ...ending('pay/ledger'),
    ),
  };
}

function plain(name: string, level: Recipe['level'], parent: string | null): Omit<Recipe, 'containerfile'> {
  const [team = ''] = name.split('/');
  return { name, team, level, parent, copiesFrom: [], vendored: [], annotated: parent !== null };
}

function ending(name: string): readonly string[] {
  return [`RUN echo ${name} > /etc/application`, 'CMD ["sleep", "infinity"]'];
}

function lines(...all: readonly string[]): string {
  return `${all.filter((line) => line !== '').join('\n')}\n`;
}
