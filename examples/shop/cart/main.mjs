import { openService } from '../service/service.mjs';

const service = openService('cart');
const catalog = service.peer('catalog');
const redis = service.redis();
let items = 0;

/** In Redis where there is one, so that carts outlive the service. */
async function add() {
  return redis === null ? ++items : redis.increment('items');
}

service.serve({
  'POST /items': async () => {
    const [product] = await catalog.call('GET', '/products');
    return { items: await add(), added: product.name };
  },
});
