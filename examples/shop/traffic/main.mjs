import { openService } from '../service/service.mjs';

// Visitors of the shop: REQUESTS_PER_SECOND of them, REQUESTS in total (0: without end).
const VISITS = [
  ['GET', '/'],
  ['POST', '/cart'],
  ['GET', '/'],
  ['POST', '/checkout'],
];

const perSecond = Number(process.env.REQUESTS_PER_SECOND ?? 20);
const total = Number(process.env.REQUESTS ?? 0);
const service = openService('traffic');
const web = service.peer('web');
let sent = 0;
let answered = 0;

const timer = setInterval(visit, 1000 / perSecond);
service.truth.ready(null);
service.untilStopped();

async function visit() {
  const [method, path] = VISITS[sent % VISITS.length];
  sent += 1;
  if (sent === total) clearInterval(timer);
  try {
    await web.call(method, path);
  } catch (error) {
    console.error(error.message);
  }
  answered += 1;
  if (answered !== total) return;
  console.log(`done ${answered}`);
  // Ends by a signal only, like the services, so that its truth can still be asked for.
  setInterval(() => undefined, 60_000);
  service.truth.finish();
}
