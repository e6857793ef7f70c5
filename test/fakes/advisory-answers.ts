import type { AdvisorySourceAnswer, AdvisorySyncAnswer, ExplanationAnswer, WaiverAnswer } from '#model';
import { CVE, FIXED, OPENSSL } from './patch-answers.ts';

export const waiver: WaiverAnswer = {
  vulnerability: CVE,
  subject: 'production/shop/checkout',
  owner: 'payments',
  reason: 'the handshake is never reached',
  until: '2026-12-31T23:59:59.000Z',
  since: '2026-11-22T08:30:00.000Z',
  actor: 'ada',
  state: 'active',
};

export const advisorySource: AdvisorySourceAnswer = {
  id: '/var/lib/osv/Debian/all.zip',
  records: 41_204,
  withdrawn: 12,
  ecosystems: { 'Debian:11': 20_000, 'Debian:12': 21_204 },
  modifiedUntil: '2026-11-22T05:30:00.000Z',
  syncedAt: '2026-11-22T08:25:00.000Z',
  problems: [{ place: 'DSA-1.json', problem: 'affected[0].package.name: expected a text' }],
};

export const syncStep: AdvisorySyncAnswer = {
  read: 20_000,
  changed: 20_000,
  withdrawn: 0,
  refused: 0,
  statements: 0,
  problems: [],
  newlyAffected: [],
  done: false,
};

export const synced: AdvisorySyncAnswer = {
  ...syncStep,
  read: 41_204,
  changed: 41_203,
  withdrawn: 12,
  refused: 1,
  statements: 2,
  problems: advisorySource.problems,
  newlyAffected: [CVE],
  done: true,
};

export const explanation: ExplanationAnswer = {
  id: CVE,
  purl: OPENSSL,
  affected: true,
  steps: [
    {
      advisory: 'DSA-5999-1',
      affected: 'Debian:11 openssl',
      range: null,
      result: 'other-release',
      explanation: 'it speaks of Debian:11, the package is of Debian:12',
    },
    {
      advisory: 'DSA-5999-1',
      affected: 'Debian:12 openssl',
      range: `introduced 0, fixed ${FIXED}`,
      result: 'holds',
      explanation: `3.0.11-1~deb12u2 is before ${FIXED}`,
    },
  ],
};
