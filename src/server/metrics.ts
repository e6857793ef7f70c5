import type { StatusAnswer } from '#model';

/** One metric with its samples, as Prometheus' text format 0.0.4 has it. */
export interface MetricFamily {
  /** Without the prefix `sheerline_`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Counts what the API does. */
export interface RequestMetrics {
  answered(request: { readonly route: string; readonly status: number; readonly seconds: number }): void;
  families(): readonly MetricFamily[];
}

export function createRequestMetrics(): RequestMetrics {
  const counted = new Map<string, { route: string; status: string; count: number; seconds: number }>();
  return {
    answered({ route, status, seconds }) {
      const key = `${route} ${status}`;
      const entry = counted.get(key) ?? { route, status: String(status), count: 0, seconds: 0 };
      entry.count += 1;
      entry.seconds += seconds;
      counted.set(key, entry);
    },
    families() {
      const entries = [...counted.values()];
      const samples = (value: (entry: { count: number; seconds: number }) => number) =>
        entries.map((entry) => ({
          labels: { route: entry.route, status: entry.status },
          value: value(entry),
        }));
      return [
        {
          name: 'http_requests_total',
          type: 'counter',
          help: 'Requests that were answered.',
          samples: samples((entry) => entry.count),
        },
        {
          name: 'http_request_seconds_total',
          type: 'counter',
          help: 'Time until the answer began.',
          samples: samples((entry) => entry.seconds),
        },
      ];
    },
  };
}

/** The control plane itself, as `status` knows it. */
export function statusMetrics(status: StatusAnswer): readonly MetricFamily[] {
  const perSource = (value: (source: StatusAnswer['sources'][number]) => number | null) =>
    status.sources.flatMap((source) => {
      const sample = value(source);
      return sample === null ? [] : [{ labels: { source: source.id }, value: sample }];
    });
  return [
    gauge('info', 'Version of the control plane.', [{ labels: { version: status.version }, value: 1 }]),
    gauge('start_time_seconds', 'When it started.', [{ value: Date.parse(status.since) / 1000 }]),
    gauge('resident_memory_bytes', 'Resident memory.', [{ value: status.memoryBytes }]),
    gauge(
      'things',
      'What the graph holds now.',
      Object.entries(status.counts).map(([kind, value]) => ({ labels: { kind }, value })),
    ),
    gauge(
      'stream_position',
      'Records in each stream.',
      Object.entries(status.streams).map(([stream, head]) => ({ labels: { stream }, value: head.position })),
    ),
    gauge(
      'source_live',
      '1 while the source reports, else 0.',
      perSource((source) => Number(source.state === 'live')),
    ),
    gauge(
      'source_age_seconds',
      'Since the source was last heard.',
      perSource((source) => (source.ageMs === null ? null : source.ageMs / 1000)),
    ),
    {
      name: 'source_lost_events_total',
      type: 'counter',
      help: 'Events that were certainly lost.',
      samples: perSource((source) => source.lost),
    },
  ];
}

function gauge(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, type: 'gauge', help, samples };
}

export const METRICS_MEDIA_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Prometheus' text format; names that come from outside are escaped. */
export function metricsText(families: readonly MetricFamily[]): string {
  return families
    .filter((family) => family.samples.length > 0)
    .map((family) => {
      const name = `sheerline_${family.name}`;
      const lines = family.samples.map(
        (sample) => `${name}${labelsText(sample.labels ?? {})} ${sample.value}`,
      );
      return [`# HELP ${name} ${family.help}`, `# TYPE ${name} ${family.type}`, ...lines, ''].join('\n');
    })
    .join('');
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
