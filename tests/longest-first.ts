import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/**
 * The files that take longest, of which some only wait: one that began last would keep the others' cores idle.
 * Vitest knows by itself after its first run, but a fresh machine has none behind it.
 */
export const longest = [
  'faults/hostile-frames',
  'e2e/accessibility',
  'e2e/in-place',
  'e2e/low-windows',
  'e2e/lobby',
  'faults/soak',
  'faults/stop',
  'store/kill',
  'server/live/answers',
  'server/live/recovery-faults',
  'e2e/offline',
  'e2e/emotions',
  'e2e/steward',
  'e2e/lost',
  'e2e/notices',
  'e2e/windows',
  'faults/hostile-room',
  'faults/cycles',
  'faults/slow-reader',
  'worker/worker-client',
  'e2e/large-map',
  'e2e/opening',
  'e2e/quiet',
  'e2e/others-changes',
  'e2e/cards',
  'e2e/frame',
  'e2e/arabic',
  'e2e/keyboard',
  'e2e/focus',
].map((file) => `tests/${file}.test.ts`);

/** How long a file is known to take, against others: the higher the sooner. */
const rank = ({ moduleId }: TestSpecification) => {
  const at = longest.findIndex((file) => moduleId.endsWith(`/${file}`));
  return at < 0 ? 0 : longest.length - at;
};

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rank(b) - rank(a));
  }
}
