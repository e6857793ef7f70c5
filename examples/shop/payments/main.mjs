import { openService } from '../service/service.mjs';

let paid = 0;

openService('payments').serve({
  'POST /payments': () => ({ payment: ++paid }),
});
