import { describe } from 'node:test';
import { companionsConformance } from './companions.conformance.ts';
import { segmentsConformance } from './segments.conformance.ts';
import { storeUnderTest, type OpenStore } from './store-under-test.ts';
import { streamsConformance } from './streams.conformance.ts';

/** The contract of `store.ts`; every implementation runs it. */
export function storeConformance(name: string, open: OpenStore): void {
  describe(`${name} as a store`, () => {
    const subject = storeUnderTest(open);
    streamsConformance(subject);
    segmentsConformance(subject);
    companionsConformance(subject);
  });
}
