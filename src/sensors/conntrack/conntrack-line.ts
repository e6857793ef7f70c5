import { unmapped, type Instant, type Protocol } from '#model';

/** One direction of a tracked flow, as its packets carry it. */
export interface ConntrackTuple {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

/** One line of `conntrack -E` or `conntrack -L`, TCP or UDP. */
export interface ConntrackLine {
  readonly event: 'new' | 'update' | 'destroy' | 'listed';
  /** When conntrack received it; null in a list. */
  readonly at: Instant | null;
  readonly protocol: Protocol;
  /** TCP's state, `SYN_SENT`; null for UDP. */
  readonly state: string | null;
  /** Seconds until the entry is dropped, unless another packet comes. */
  readonly timeout: number | null;
  readonly original: ConntrackTuple;
  /** What answers look like: the mirror image of `original`, unless addresses are translated. */
  readonly reply: ConntrackTuple;
  /** Whether an answer was seen. */
  readonly replied: boolean;
  readonly assured: boolean;
  /** Of both directions, IP headers included; null where accounting is off. */
  readonly packets: number | null;
  readonly bytes: number | null;
  /** Unique among the entries that live; null without `-o id`. */
  readonly id: number | null;
}

const EVENTS = { '[NEW]': 'new', '[UPDATE]': 'update', '[DESTROY]': 'destroy' } as const;

/**
 * Parses a line such as
 * `[1795338945.982054]	[NEW] udp 17 30 src=… dst=… sport=… dport=… [UNREPLIED] src=… dst=… sport=… dport=… id=…`.
 * Null for other protocols and for what is no such line.
 */
export function parseConntrackLine(line: string): ConntrackLine | null {
  const words = line.split(/\s+/).filter((word) => word !== '');
  const head = readHead(words);
  if (head === null) return null;
  const fields = readFields(words);
  const original = tupleOf(fields, 0);
  const reply = tupleOf(fields, 1);
  if (original === null || reply === null) return null;
  return {
    ...head,
    original,
    reply,
    replied: !words.includes('[UNREPLIED]'),
    assured: words.includes('[ASSURED]'),
    packets: sum(fields.get('packets')),
    bytes: sum(fields.get('bytes')),
    id: fields.get('id')?.[0] === undefined ? null : Number(fields.get('id')?.[0]),
  };
}

type Head = Pick<ConntrackLine, 'event' | 'at' | 'protocol' | 'state' | 'timeout'>;

/** Everything before the first tuple. With `-o extended` the layer 3 protocol comes first. */
function readHead(words: readonly string[]): Head | null {
  const first = words[0] ?? '';
  const at = /^\[(\d+\.\d+)\]$/.exec(first)?.[1];
  const afterTime = at === undefined ? 0 : 1;
  const event = EVENTS[(words[afterTime] ?? '') as keyof typeof EVENTS] as ConntrackLine['event'] | undefined;
  const protocolAt = words.findIndex((word) => word === 'tcp' || word === 'udp');
  const firstTuple = words.findIndex((word) => word.startsWith('src='));
  if (protocolAt < 0 || firstTuple < protocolAt) return null;
  const between = words.slice(protocolAt + 2, firstTuple);
  return {
    event: event ?? 'listed',
    at: at === undefined ? null : Number(at) * 1_000,
    protocol: words[protocolAt] === 'tcp' ? 'tcp' : 'udp',
    state: between.find((word) => /^[A-Z]/.test(word)) ?? null,
    timeout: numberOf(between.find((word) => /^\d+$/.test(word))),
  };
}

function readFields(words: readonly string[]): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals <= 0) continue;
    const name = word.slice(0, equals);
    const values = fields.get(name) ?? [];
    values.push(word.slice(equals + 1));
    fields.set(name, values);
  }
  return fields;
}

function tupleOf(fields: ReadonlyMap<string, readonly string[]>, direction: 0 | 1): ConntrackTuple | null {
  const [source, destination] = [fields.get('src')?.[direction], fields.get('dst')?.[direction]];
  const sourcePort = numberOf(fields.get('sport')?.[direction]);
  const destinationPort = numberOf(fields.get('dport')?.[direction]);
  if (source === undefined || destination === undefined) return null;
  if (sourcePort === null || destinationPort === null) return null;
  return { source: unmapped(source), sourcePort, destination: unmapped(destination), destinationPort };
}

function numberOf(text: string | undefined): number | null {
  return text === undefined || !/^\d+$/.test(text) ? null : Number(text);
}

function sum(values: readonly string[] | undefined): number | null {
  return values === undefined ? null : values.reduce((total, value) => total + Number(value), 0);
}
