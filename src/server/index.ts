export { apiPage } from './api-page.ts';
export { changesOf } from './changes.ts';
export type { Changes, Positions } from './changes.ts';
export type { MetricFamily, MetricSample } from './metrics.ts';
export type { Rate, ServerLimits, ServerLogger, ServerOptions } from './options.ts';
export { ROUTES } from './routes/index.ts';
export { createServer } from './server.ts';
export type { Listening, ListenOptions, Server } from './server.ts';
export { loadToken } from './token-file.ts';
