import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { send, startServer } from '../../test/fakes/server.ts';
import { metricsText } from './metrics.ts';

describe('metrics', () => {
  it('escapes names that come from outside', () => {
    const samples = [{ labels: { source: 'a"b\\c\nd' }, value: 1 }];
    assert.equal(
      metricsText([{ name: 'x', type: 'gauge', help: 'An x.', samples }]),
      '# HELP sheerline_x An x.\n# TYPE sheerline_x gauge\nsheerline_x{source="a\\"b\\\\c\\nd"} 1\n',
    );
  });

  it('tells of the control plane, its sources and its requests', async () => {
    const started = await startServer({
      server: {
        metrics: () => [{ name: 'segments', type: 'gauge', help: 'Segments.', samples: [{ value: 3 }] }],
      },
    });
    try {
      const { socketPath } = started;
      await send({ socketPath, path: '/api/v1/services?team=a' });
      await send({ socketPath, path: '/nothing/at/all' });
      await send({ socketPath, path: '/api/v1/flow-imports/x?offset=0', method: 'PUT' });
      const { text, headers } = await send({ socketPath, path: '/metrics' });
      assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
      for (const line of [
        'sheerline_info{version="0.1.0"} 1',
        'sheerline_source_live{source="podman"} 1',
        'sheerline_source_live{source="conntrack"} 0',
        'sheerline_source_age_seconds{source="podman"} 0.2',
        'sheerline_source_lost_events_total{source="podman"} 0',
        'sheerline_stream_position{stream="audit"} 7',
        'sheerline_things{kind="unowned"} 2',
        'sheerline_http_requests_total{route="/api/v1/services",status="200"} 1',
        'sheerline_http_requests_total{route="other",status="404"} 1',
        'sheerline_http_requests_total{route="/api/v1/flow-imports/{id}",status="404"} 1',
        'sheerline_event_streams 0',
        'sheerline_segments 3',
      ]) {
        assert.ok(text.split('\n').includes(line), `${line} is missing in\n${text}`);
      }
    } finally {
      await started.stop();
    }
  });
});
