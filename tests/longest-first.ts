import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/**
 * The files that take longest, of which some only wait: one that began last would keep the others' cores idle.
 * Vitest knows by itself after its first run, but a fresh machine has none behind it.
 */
export const longest = [
  'faults/hostile-frames',
  'e2e/accessibility',
  'faults/soak',
  'faults/stop',
  'store/kill',
  'server/live/answers',
  'server/live/recovery-faults',
  'e2e/notices',
  'e2e/lost',
  'faults/hostile-room',
  'faults/slow-reader',
  'worker/worker-client',
  'e2e/lobby',
  'e2e/steward',
  'e2e/quiet',
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
