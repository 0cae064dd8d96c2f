import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Person } from './person.ts';
import { expect } from './stage.ts';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type RunOnly = { type: 'tag' | 'rule'; values: string[] };

const all: RunOnly = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] };
/** Only colours depend on the colour scheme. */
const colors: RunOnly = { type: 'rule', values: ['color-contrast'] };

/** Checks the current page in the light and the dark theme, and lists the problems with their elements. */
export async function check(person: Person, view: string): Promise<void> {
  // Evaluated as by a debugger, so that the page keeps its content security policy.
  await person.page.evaluate(`window.axe || (() => { ${axe} })()`);
  for (const [colorScheme, runOnly, least] of [
    ['dark', colors, 1],
    ['light', all, 8],
  ] as const) {
    await person.page.emulateMedia({ colorScheme });
    const found = await person.page.evaluate(async (only) => {
      // Until no transition is running.
      const isUnderWay = ({ playState, effect }: Animation) =>
        playState === 'running' && effect?.getComputedTiming().endTime !== Infinity;
      do await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      while (document.getAnimations().some(isUnderWay));
      const { axe: checker } = window as unknown as { axe: { run(options: object): Promise<AxeResults> } };
      const { violations, passes, incomplete } = await checker.run({
        runOnly: only,
        resultTypes: ['violations'],
        preload: false,
      });
      return {
        spoke: passes.length + incomplete.length,
        violations: violations.flatMap(({ id, nodes }) =>
          nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary ?? ''}`),
        ),
      };
    }, runOnly);
    expect(found.violations, `${view}, ${colorScheme}`).toEqual([]);
    expect(found.spoke, `rules that spoke of ${view}`).toBeGreaterThanOrEqual(least);
  }
}
