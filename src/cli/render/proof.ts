import type { ProofAnswer } from '#model';
import { countText, listText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { leadLine, wrapped } from '../text/margin.ts';
import { clockText } from '../text/time-text.ts';
import { inParentheses, packageName, shortId, shortService } from './names.ts';

const BASES: Readonly<Record<ProofAnswer['looked'][number]['basis'], string>> = {
  'live-files': 'package files read from their root file systems',
  'image-digest': 'by the digests of their images, their live files were not read',
};

/** Whether nothing that runs holds it any more; what was looked at, when, on what basis, and what was not. */
export function renderProof(proof: ProofAnswer, look: Look): readonly string[] {
  const { proven, holding, others } = proof;
  return [
    leadLine(look, proven ? 'good' : 'bad', proven ? 'proven' : 'not proven', `: ${headline(proof)}`),
    ...holding.flatMap((one) => holdingLines(one, look)),
    ...lookedLines(proof, look),
    ...notLookedLines(proof, look),
    ...(others === 0
      ? []
      : wrapped(
          look,
          `${countText(others, 'other instance')}: by their lists, nothing of that package is in them`,
        )),
    `  looked at ${clockText(look, proof.at)}`,
    '',
    `  next   sheer ${proven ? 'case' : 'fix plan'} ${proof.id}`,
  ];
}

function headline({ proven, holding, looked, notLooked }: ProofAnswer): string {
  const total = countText(holding.length + looked.length + notLooked.length, 'instance');
  if (holding.length > 0)
    return `${holding.length} of ${total} still ${holding.length === 1 ? 'runs' : 'run'} it`;
  if (!proven) {
    return looked.length === 0
      ? `none of ${total} could be looked at`
      : `${notLooked.length} of ${total} could not be looked at, the others are free of it`;
  }
  return looked.length === 0 ? 'nothing that runs has the package at all' : `none of ${total} runs it`;
}

function holdingLines(one: ProofAnswer['holding'][number], look: Look): readonly string[] {
  const { name, node, service, team, since, image, packages, basis, note } = one;
  const owner = inParentheses(service === null ? null : shortService(service), team);
  const from = image === null ? '' : ` from ${shortId(image)}`;
  const held = listText(packages.map(packageName));
  const how = basis === 'live-files' ? 'read from its root file system' : 'by the digest of its image';
  return [
    ...wrapped(
      look,
      `${name} on ${node} ${owner}, started ${clockText(look, since)}${from}`.replace(' ,', ','),
    ),
    ...wrapped(look, `${held}, ${how}`, '    '),
    ...(note === null ? [] : wrapped(look, note, '    ')),
  ];
}

function lookedLines({ looked }: ProofAnswer, look: Look): readonly string[] {
  const groups = Map.groupBy(looked, ({ basis }) => basis);
  return [...groups].flatMap(([basis, members]) => {
    const found = [...new Set(members.flatMap((one) => one.found))];
    const versions = found.length === 0 ? 'no version of it' : listText(found);
    return wrapped(look, `${countText(members.length, 'instance')}: ${BASES[basis]}, ${versions}`);
  });
}

function notLookedLines({ notLooked }: ProofAnswer, look: Look): readonly string[] {
  const groups = Map.groupBy(notLooked, ({ reason }) => reason);
  return [...groups].flatMap(([reason, members]) => {
    const names = listText(members.map(({ instance }) => shortId(instance)));
    return wrapped(look, `not looked at: ${names}: ${reason}`);
  });
}
