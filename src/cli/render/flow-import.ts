import type { FlowImportAnswer } from '#model';
import { bytesText, countText, numberText } from '../text/amount-text.ts';
import type { FlowImportProgress } from '../flow-log/send-log.ts';
import type { Look } from '../text/look.ts';
import { fitted, marginLine } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import { intervalText } from '../text/time-text.ts';

/** What became of the lines of a flow log. */
export function renderFlowImport(state: FlowImportAnswer, look: Look): readonly string[] {
  const { lines, named, halfNamed, unnamed, malformed, firstAt, lastAt } = state;
  const connections = named + halfNamed + unnamed;
  const other = lines - connections - malformed;
  const when = firstAt === null ? '' : `, ${intervalText(look, { since: firstAt, until: lastAt })}`;
  const share = (count: number): string => shareText(count, connections);
  const rows: readonly (readonly [string, number, string])[] = [
    ['named at both ends', named, share(named)],
    ['named at one end', halfNamed, share(halfNamed)],
    ['named at no end', unnamed, share(unnamed)],
    ['no connection of its own', other, ''],
    ['malformed', malformed, ''],
  ];
  return [
    fitted(look, `${countText(lines, 'line')}${when}`),
    ...tableLines(
      look,
      rows.filter(([, count]) => count > 0),
      [
        { title: '', value: ([what]) => what },
        { title: '', value: ([, count]) => numberText(count), align: 'right' },
        { title: '', value: ([, , part]) => part, align: 'right' },
      ],
      '  ',
    ),
    ...problemLines(state, look),
    marginLine(look, '', unnamed + halfNamed > 0 ? 'sheer flows --unknown' : 'sheer flows'),
  ];
}

/** `   42 %   1.3 GB of 3.1 GB   12,000,000 lines`, for one line that is written again and again. */
export function progressText({ bytes, totalBytes, lines }: FlowImportProgress): string {
  const share = shareText(bytes, totalBytes).padStart(5);
  return `  ${share}   ${bytesText(bytes)} of ${bytesText(totalBytes)}   ${countText(lines, 'line')}`;
}

const PROBLEMS_SHOWN = 10;

function problemLines({ problems, malformed }: FlowImportAnswer, look: Look): readonly string[] {
  const shown = look.columns === null ? problems : problems.slice(0, PROBLEMS_SHOWN);
  const more = malformed - shown.length;
  return [
    ...shown.map(({ line, problem }) => fitted(look, `    line ${numberText(line)}: ${problem}`)),
    ...(more > 0 ? [`    and ${numberText(more)} more`] : []),
  ];
}

/** Few are not none. */
function shareText(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : Math.floor((part / whole) * 100);
  return percent === 0 && part > 0 ? '< 1 %' : `${percent} %`;
}
