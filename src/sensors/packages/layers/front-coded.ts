/**
 * A sorted list of paths as one text: each line says how many characters it shares with the one before,
 * then what differs. The paths of a distribution take a quarter of their length. A path may hold whatever a
 * hostile layer likes but a zero, which stands for a line break in it.
 */
export function frontCode(paths: readonly string[]): string {
  const lines: string[] = [];
  let before = '';
  for (const path of paths.map((each) => each.replaceAll('\n', '\0')).toSorted()) {
    const max = Math.min(before.length, path.length);
    let same = 0;
    while (same < max && before.charCodeAt(same) === path.charCodeAt(same)) same += 1;
    lines.push(`${same} ${path.slice(same)}`);
    before = path;
  }
  return lines.join('\n');
}

export function* frontDecode(text: string): Generator<string> {
  let before = '';
  for (const line of text === '' ? [] : text.split('\n')) {
    const blank = line.indexOf(' ');
    before = before.slice(0, Number(line.slice(0, blank))) + line.slice(blank + 1);
    yield before.replaceAll('\0', '\n');
  }
}
