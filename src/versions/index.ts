export { compareVersions, isOrdered, versionOrder } from './compare.ts';
export { ecosystemNames, findEcosystem, parseEcosystem } from './ecosystem.ts';
export type { Ecosystem, Scheme } from './ecosystem.ts';
export type { Order } from './order.ts';
