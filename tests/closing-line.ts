import { readdirSync } from 'node:fs';
import type { Reporter, TestModule, TestSpecification } from 'vitest/node';

/** Prints the counts of a run as its last line, in the form that every other stage of the tests uses. */
export default class ClosingLine implements Reporter {
  #files = 0;

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#files = specifications.length;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    let passed = 0;
    let failed = 0;
    let skipped = 0;
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        else if (state === 'failed') failed++;
        else skipped++;
      }
      if (module.errors().length > 0) failed++;
    }
    // A folder of tests that no project in vite.config.ts names would never run, and nobody would miss it.
    if (process.env.ALL_TESTS !== undefined) {
      const written = readdirSync('tests', { recursive: true, encoding: 'utf8' }).filter(isTest).length;
      if (written !== this.#files) {
        failed++;
        console.error(
          `${written} test files are in tests, and ${this.#files} ran: see projects in vite.config.ts.`,
        );
      }
    }
    process.on('exit', () => console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`));
  }
}

const isTest = (path: string) => path.endsWith('.test.ts');
