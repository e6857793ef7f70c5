import { openService } from '../service/service.mjs';

const PRODUCTS = [
  { id: 1, name: 'kettle', price: 29 },
  { id: 2, name: 'teapot', price: 35 },
  { id: 3, name: 'cup', price: 8 },
];

openService('catalog').serve({
  'GET /products': () => PRODUCTS,
});
