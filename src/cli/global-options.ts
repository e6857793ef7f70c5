import type { OptionDefinition } from './command.ts';

/** What every command takes. */
export const GLOBAL_OPTIONS: readonly OptionDefinition[] = [
  {
    flags: '--state <directory>',
    description: 'which control plane on this machine; without it the one in your state directory',
  },
  { flags: '--server <url>', description: 'one elsewhere; its token from SHEER_TOKEN or --token-file' },
  { flags: '--token-file <file>', description: 'the token for --server' },
  { flags: '--json', description: 'nothing but JSON' },
  { flags: '--yes', description: 'no questions' },
  { flags: '--exact', description: 'times as RFC 3339 in place of ages' },
  { flags: '--no-color', description: 'no colours; NO_COLOR does the same' },
];
