import type { CallAnswer, WhyAnswer } from '#model';
import { LATEST } from '#graph';
import { INTERNET } from '../attribution/attributed-flow.ts';
import { callAnswers } from './calls.ts';
import { notFound } from './misnamed.ts';
import { servicesAt } from './services.ts';
import type { View } from './view.ts';

/** Whether one calls the other, and what says so. */
export function whyAnswer(view: View, from: string, to: string, port: number | null): WhyAnswer {
  const all = callAnswers(view, { at: null, team: null, environment: null, since: null });
  const names = knownNames(view, all);
  for (const name of [from, to]) {
    if (names.has(name)) continue;
    throw notFound(`there is no service or external "${name}"`, {
      name,
      known: names,
      next: 'sheer services',
    });
  }
  const calls = all.filter(
    (call) =>
      isEnd(call.from, call.fromId, from) &&
      isEnd(call.to, call.toId, to) &&
      (port === null || call.port === port || call.port === null),
  );
  return { from, to, port, calls: [...calls], answer: verdict(calls), policy: 'not enforced' };
}

function knownNames(view: View, calls: readonly CallAnswer[]): ReadonlySet<string> {
  const names = new Set<string>([INTERNET, view.node]);
  for (const { id, name } of servicesAt(view, LATEST)) names.add(id).add(name);
  for (const { id } of view.graph.all('external')) names.add(id);
  // Something may have called and be gone.
  for (const call of calls) {
    names.add(call.from).add(call.to);
    if (call.fromId !== null) names.add(call.fromId);
    if (call.toId !== null) names.add(call.toId);
  }
  return names;
}

const isEnd = (name: string, id: string | null, asked: string): boolean => name === asked || id === asked;

function verdict(calls: readonly CallAnswer[]): WhyAnswer['answer'] {
  const observed = calls.some((call) => call.evidence.includes('observed'));
  const declared = calls.some((call) => call.evidence.includes('declared'));
  if (observed) return declared ? 'observed and declared' : 'observed, not declared';
  return declared ? 'declared, never observed' : 'no';
}
