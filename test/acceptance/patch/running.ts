/** What runs of the eight images: container, image and environment. */
export const EIGHT_RUN = [
  ['web-1', 'shop/web', 'production'],
  ['web-2', 'shop/web', 'production'],
  ['web-test', 'shop/web', 'test'],
  ['worker-1', 'shop/worker', 'production'],
  ['gateway-1', 'pay/gateway', 'production'],
  ['ledger-1', 'pay/ledger', 'production'],
  ['reports-1', 'data/reports', 'test'],
] as const;
