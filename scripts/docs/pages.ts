import { commandsPage } from '#cli';
import { apiPage } from '#server';
import { capabilitiesPage } from './capabilities-page.ts';

/** Pages that are made from the code, by path; a test compares them with what is there. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/api.md': apiPage,
  'docs/capabilities.md': capabilitiesPage,
  'docs/commands.md': commandsPage,
};
