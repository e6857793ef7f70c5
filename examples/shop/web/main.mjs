import { openService } from '../service/service.mjs';

const service = openService('web');
const catalog = service.peer('catalog');
const cart = service.peer('cart');
const checkout = service.peer('checkout');

service.serve({
  'GET /': () => catalog.call('GET', '/products'),
  'POST /cart': () => cart.call('POST', '/items'),
  'POST /checkout': () => checkout.call('POST', '/orders'),
});
