import { paint } from './look.ts';
import type { Look, Tone } from './look.ts';
import { displayWidth, padEnd, padStart, shorten } from './width.ts';

export interface Column<Row> {
  /** Above the column; empty where the values speak for themselves. */
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly tone?: (row: Row) => Tone | undefined;
  readonly align?: 'right';
  /** Where values may be cut when the table is too wide; without it the column keeps its width. */
  readonly cut?: 'end' | 'middle';
}

interface MeasuredColumn<Row> extends Column<Row> {
  readonly cells: readonly string[];
  readonly width: number;
}

const GAP = '   ';

/** A column that is cut stays wide enough to tell its values apart. */
const CUT_WIDTH_MIN = 8;

/** Aligned columns that fit the look's columns; a column in which every value is empty is left out. */
export function tableLines<Row>(
  look: Look,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  indent = '',
): readonly string[] {
  const measured = columns
    .map((column) => measure(column, rows))
    .filter((column) => column.cells.some((cell) => cell !== ''));
  const fitted = look.columns === null ? measured : fit(measured, look.columns - indent.length);
  const titles = fitted.some(({ title }) => title !== '') ? [titleLine(look, fitted, indent)] : [];
  return [...titles, ...rows.map((row, index) => rowLine(look, fitted, { row, index, indent }))];
}

function measure<Row>(column: Column<Row>, rows: readonly Row[]): MeasuredColumn<Row> {
  const cells = rows.map(column.value);
  const width = Math.max(displayWidth(column.title), ...cells.map(displayWidth));
  return { ...column, cells, width };
}

/** Takes columns from whichever column that may be cut is the widest, until the table fits. */
function fit<Row>(
  columns: readonly MeasuredColumn<Row>[],
  available: number,
): readonly MeasuredColumn<Row>[] {
  const widths = columns.map(({ width }) => width);
  let excess = sum(widths) + GAP.length * (columns.length - 1) - available;
  while (excess > 0) {
    const widest = indexOfWidest(columns, widths);
    if (widest === -1) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return columns.map((column, index) => ({ ...column, width: widths[index] ?? 0 }));
}

function indexOfWidest<Row>(columns: readonly MeasuredColumn<Row>[], widths: readonly number[]): number {
  let widest = -1;
  for (const [index, { cut }] of columns.entries()) {
    const width = widths[index] ?? 0;
    if (cut !== undefined && width > Math.max(CUT_WIDTH_MIN, widths[widest] ?? 0)) widest = index;
  }
  return widest;
}

function titleLine<Row>(look: Look, columns: readonly MeasuredColumn<Row>[], indent: string): string {
  const titles = columns.map(({ title, width, align }) => pad(title, width, align));
  return paint(look, 'faint', (indent + titles.join(GAP)).trimEnd());
}

function rowLine<Row>(
  look: Look,
  columns: readonly MeasuredColumn<Row>[],
  place: { readonly row: Row; readonly index: number; readonly indent: string },
): string {
  const cells = columns.map(({ cells: values, width, cut, align, tone }, index) => {
    const text = shorten(values[place.index] ?? '', width, cut ?? 'end');
    const padding = ' '.repeat(width - displayWidth(text));
    const painted = paint(look, tone?.(place.row), text);
    if (align === 'right') return padding + painted;
    return index === columns.length - 1 ? painted : painted + padding;
  });
  return (place.indent + cells.join(GAP)).trimEnd();
}

function pad(text: string, width: number, align: 'right' | undefined): string {
  return align === 'right' ? padStart(text, width) : padEnd(text, width);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
