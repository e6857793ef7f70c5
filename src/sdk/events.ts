import type { ChangeAnswer } from '#model';

/** What the event stream of the control plane says. */
export type ClientEvent =
  /** Where it begins; `reset`: the position that was asked for is not there, ask everything again. */
  | { readonly kind: 'ready' | 'reset'; readonly id: string }
  | { readonly kind: 'change'; readonly id: string; readonly change: ChangeAnswer };

/** Reads server-sent events (WHATWG HTML, section 9.2), as far as the control plane sends them. */
export async function* readEvents(pieces: AsyncGenerator<string, void>): AsyncGenerator<ClientEvent> {
  let rest = '';
  for await (const piece of pieces) {
    const frames = (rest + piece).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const event = parseFrame(frame);
      if (event !== null) yield event;
    }
  }
}

/** Null for comments, and for kinds of events that came with a later version. */
function parseFrame(frame: string): ClientEvent | null {
  const fields = new Map<string, string>();
  for (const line of frame.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  const [kind, id, data] = [fields.get('event'), fields.get('id') ?? '', fields.get('data') ?? ''];
  if (kind === 'ready' || kind === 'reset') return { kind, id };
  return kind === 'change' ? { kind, id, change: JSON.parse(data) as ChangeAnswer } : null;
}
