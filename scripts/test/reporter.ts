import { AssertionError } from 'node:assert';
import type { TestEvent as NodeTestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';
import type { TestEvent } from './events.ts';

/** Turns node:test's events into lines of {@link TestEvent}. */
async function* reporter(source: AsyncIterable<NodeTestEvent>): AsyncIterable<string> {
  const path: string[] = [];
  for await (const event of source) {
    if (event.type === 'test:start') {
      path.length = event.data.nesting;
      path.push(event.data.name);
    }
    const own = translate(event, path);
    if (own !== null) yield lineOf(own);
  }
  yield lineOf({ kind: 'done' });
}

// Node loads a reporter by its default export, so there is no way around this one.
// oxlint-disable-next-line import/no-default-export
export default reporter;

type OutcomeEvent = Extract<NodeTestEvent, { type: 'test:pass' | 'test:fail' }>;

function lineOf(event: TestEvent): string {
  return `${JSON.stringify(event)}\n`;
}

function translate(event: NodeTestEvent, path: readonly string[]): TestEvent | null {
  switch (event.type) {
    case 'test:dequeue':
      return { kind: 'began', id: event.data.testId, name: event.data.name };
    case 'test:complete':
      return { kind: 'ended', id: event.data.testId };
    case 'test:pass':
    case 'test:fail':
      return outcome(event, [...path.slice(0, event.data.nesting), event.data.name].join(' › '));
    default:
      return null;
  }
}

function outcome(event: OutcomeEvent, name: string): TestEvent | null {
  const { skip, todo } = event.data;
  if (skip !== undefined && skip !== false)
    return { kind: 'skipped', name, reason: reasonOf(skip, 'skipped') };
  if (todo !== undefined && todo !== false) return { kind: 'skipped', name, reason: reasonOf(todo, 'todo') };
  if (event.type === 'test:fail') return failure(event.data.details.error, name);
  return event.data.details.type === 'suite' ? null : { kind: 'passed', name };
}

/** Null where a suite or test only fails because of what is inside it, which is reported itself. */
function failure(error: Error & { readonly failureType?: string }, name: string): TestEvent | null {
  if (error.failureType === 'subtestsFailed') return null;
  return { kind: 'failed', name, message: describe(error.cause ?? error) };
}

function describe(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  // What an assertion's error holds beside its stack is in its message already.
  if (thrown instanceof AssertionError) return thrown.stack ?? thrown.message;
  return inspect(thrown, { depth: 6 });
}

function reasonOf(value: string | boolean, word: string): string {
  return typeof value === 'string' ? `${word}: ${value}` : word;
}
