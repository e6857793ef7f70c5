import type {
  AddedDocumentAnswer,
  AdvisorySourceAnswer,
  AdvisorySyncAnswer,
  CaseAnswer,
  CaseCounts,
  ErrorAnswer,
  ExplanationAnswer,
  FixPlanAnswer,
  ImageNodeAnswer,
  PackageListAnswer,
  ProofAnswer,
  WaiverAnswer,
} from '#model';
import { ClientError, errorOfAnswer } from './errors.ts';
import { linesOf } from './lines.ts';
import type { Call, Transport } from './transport.ts';

export interface PackagesQuery {
  readonly subject: string;
  /** Only packages whose name, or whose source, has this in it. */
  readonly name?: string | undefined;
  readonly refresh?: boolean | undefined;
}

export interface CasesFilter {
  readonly state?: 'open' | 'closed' | undefined;
  readonly team?: string | undefined;
  readonly severity?: CaseAnswer['severity'] | undefined;
  /** Only what should be gone by now. */
  readonly overdue?: boolean | undefined;
}

export interface WaiverRequest {
  readonly vulnerability: string;
  readonly subject: string;
  readonly owner: string;
  readonly reason: string;
  /** A day (its end, in UTC) or RFC 3339. */
  readonly until: string;
  /** Only says what it would be, and records nothing. */
  readonly preview?: boolean;
}

/** A step of a sync; the last one is the result. */
export type AdvisorySyncStep = { readonly kind: 'progress' | 'result' } & AdvisorySyncAnswer;

const V1 = '/api/v1';

/** What images hold, who is affected, where to fix it, and the proof. */
export function patch(transport: Transport) {
  const { json } = transport;
  return {
    imageTree: (query: { readonly at?: string | undefined } = {}) =>
      json<readonly ImageNodeAnswer[]>({ path: `${V1}/image-tree`, query }),
    packages: (query: PackagesQuery) =>
      json<PackageListAnswer>({ path: `${V1}/packages`, query: { ...query } }),
    fixPlan: (id: string) => json<FixPlanAnswer>({ path: `${V1}/fix-plan`, query: { id } }),
    /** The most urgent first. */
    cases: (query: CasesFilter & { readonly limit?: number | undefined } = {}) =>
      json<readonly CaseAnswer[]>({ path: `${V1}/cases`, query: { ...query } }),
    caseCounts: (query: CasesFilter = {}) =>
      json<CaseCounts>({ path: `${V1}/case-counts`, query: { ...query } }),
    case: (id: string) => json<CaseAnswer>({ path: `${V1}/case`, query: { id } }),
    explanation: (id: string, purl: string) =>
      json<ExplanationAnswer>({ path: `${V1}/explanation`, query: { id, purl } }),
    waivers: () => json<readonly WaiverAnswer[]>({ path: `${V1}/waivers` }),
    waive: (waiver: WaiverRequest) =>
      json<WaiverAnswer>({ method: 'POST', path: `${V1}/waivers`, json: waiver }),
    endWaiver: (waiver: Pick<WaiverRequest, 'vulnerability' | 'subject'>) =>
      json<WaiverAnswer>({ method: 'POST', path: `${V1}/waivers/end`, json: waiver }),
    advisories: () => json<readonly AdvisorySourceAnswer[]>({ path: `${V1}/advisories` }),
    /**
     * `place`: a URL, a path on the control plane's machine, or null for all that are known; `acceptFewer`:
     * also where it has lost more than half of what it had.
     */
    syncAdvisories: (
      place: string | null,
      { acceptFewer = false, signal }: { readonly acceptFewer?: boolean; readonly signal?: AbortSignal } = {},
    ) =>
      steps<AdvisorySyncStep>(transport, {
        method: 'POST',
        path: `${V1}/advisories`,
        json: { place, acceptFewer },
        ...(signal === undefined ? {} : { signal }),
      }),
    /** Takes as long as it takes to look at everything that runs. */
    async verify(id: string): Promise<ProofAnswer> {
      const call: Call = { method: 'POST', path: `${V1}/verifications`, json: { id } };
      for await (const { kind: _, ...proof } of steps<{ kind: 'result' } & ProofAnswer>(transport, call)) {
        return proof;
      }
      throw cutOff();
    },
    /** CycloneDX, SPDX or OpenVEX in JSON; `name` is how messages call it. */
    addDocument: (name: string, bytes: Uint8Array<ArrayBuffer>) =>
      json<AddedDocumentAnswer>({ method: 'POST', path: `${V1}/documents`, query: { name }, bytes }),
  };
}

interface Failure {
  readonly kind: 'error';
  readonly error: ErrorAnswer['error'];
}

/** Lines of JSON up to the result; an answer without one was cut off. */
async function* steps<Step extends { readonly kind: string }>(
  transport: Transport,
  call: Call,
): AsyncGenerator<Step, void> {
  for await (const line of linesOf(transport.pieces(call))) {
    // An empty one says that it goes on.
    if (line === '') continue;
    // The control plane's tests check each line against the schema of its type.
    const step = JSON.parse(line) as Step | Failure;
    if (isFailure(step)) throw errorOfAnswer(step.error);
    yield step;
    if (step.kind === 'result') return;
  }
  throw cutOff();
}

function isFailure(step: { readonly kind: string }): step is Failure {
  return step.kind === 'error';
}

function cutOff(): ClientError {
  return new ClientError('control-plane-unreachable', 'the control plane ended in the middle of its answer', {
    next: 'sheer status',
  });
}
