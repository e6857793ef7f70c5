import { createContainersEngine, createProcessesEngine } from '#engines';
import { capabilityMatrix } from '#loops/adopt';
import type { CapabilityAnswer } from '#model';
import { FLOW_LOG_FORMATS, createConntrackSensor, createSocketsSensor, createTcpSensor } from '#sensors';

const HEAD = [
  '# Capabilities',
  '',
  'What each engine, sensor and format of flow logs can do, as it declares it itself (`sheer capabilities` prints the',
  'same for this machine). What is not there is refused with a message, or shown; nothing degrades silently.',
  '',
  'The container engines are tested with Docker 20.10 and Podman 4.3, as Debian 12 has them. Others speak the same API',
  'and are not tested.',
  '',
  'Made by `npm run docs`; a test compares it with the code.',
];

/** `docs/capabilities.md`, from what every engine and sensor declares of itself. */
export function capabilitiesPage(): string {
  const matrix = declared();
  const kinds = [...new Set(matrix.map(({ kind }) => kind))];
  const sections = kinds.flatMap((kind) => [
    '',
    ...section(
      kind,
      matrix.filter((answer) => answer.kind === kind),
    ),
  ]);
  return [...HEAD, ...sections, ''].join('\n');
}

/** Nothing is attached to: creating one only says what it is. */
function declared(): readonly CapabilityAnswer[] {
  const common = { node: 'documentation', clock: () => 0 };
  return capabilityMatrix(
    [
      createContainersEngine({ ...common, id: 'podman', socketPath: '/' }),
      createContainersEngine({ ...common, id: 'docker', socketPath: '/' }),
      createProcessesEngine(common),
    ],
    [createTcpSensor(common), createConntrackSensor(common), createSocketsSensor(common)],
    FLOW_LOG_FORMATS,
  );
}

/** Features down, sources across. */
function section(kind: string, answers: readonly CapabilityAnswer[]): readonly string[] {
  const features = [...new Set(answers.flatMap((answer) => Object.keys(answer.features)))];
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `## ${kind[0]?.toUpperCase()}${kind.slice(1)}s`,
    '',
    row([kind, ...answers.map((answer) => `\`${answer.source}\``)]),
    row([kind, ...answers].map(() => '---')),
    ...features.map((feature) =>
      row([inWords(feature), ...answers.map((answer) => answer.features[feature] ?? '–')]),
    ),
  ];
}

/** `shortLivedAddresses` → `short lived addresses` */
function inWords(feature: string): string {
  return feature.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
