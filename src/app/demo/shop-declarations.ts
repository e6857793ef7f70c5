import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Questions } from '#loops/adopt';
import { SHOP_DIRECTORY } from '../../../examples/shop/shop.ts';

/** What the shop's people say of it: teams, services and expected calls. */
export function declareShop(questions: Questions): void {
  const files = ['sheer.yaml', 'CODEOWNERS', 'catalog-info.yaml'].map((name) => ({
    name,
    content: readFileSync(path.join(SHOP_DIRECTORY, name), 'utf8'),
    directory: SHOP_DIRECTORY,
  }));
  questions.declare(files, { dryRun: false, actor: 'sheer demo' });
}
