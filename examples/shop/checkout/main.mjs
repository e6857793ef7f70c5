import { openService } from '../service/service.mjs';

const service = openService('checkout');
const payments = service.peer('payments');
const postgres = service.postgres();
const redis = service.redis();
let orders = 0;

/** PostgreSQL numbers the orders where there is one, otherwise Redis, otherwise we. */
async function nextOrder() {
  if (postgres !== null) return Number(await postgres.value('select txid_current()'));
  return redis === null ? ++orders : redis.increment('orders');
}

service.serve({
  'POST /orders': async () => {
    const { payment } = await payments.call('POST', '/payments');
    return { order: await nextOrder(), payment };
  },
});
