import type { Reporter, TestModule, TestSpecification } from 'vitest/node';
import { longest } from './longest-first.ts';
import { allTestFiles, notRun, unknownNames } from './test-files.ts';

/** Prints the counts of a run as its last line, in the form that every other stage of the tests uses. */
export default class ClosingLine implements Reporter {
  #ran: readonly string[] = [];

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#ran = specifications.map(({ moduleId }) => moduleId);
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
    // Set by run.mjs, which may run all test files or a part of them.
    const wanted = process.env.TEST_FILES?.split('\n') ?? [];
    const faults = [...notRun(wanted, this.#ran), ...unknownNames(longest, allTestFiles())];
    for (const fault of faults) console.error(fault);
    failed += faults.length;
    process.on('exit', () => console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`));
  }
}
