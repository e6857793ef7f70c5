/** Text in pieces as lines, without their ends. */
export async function* linesOf(pieces: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
