import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Person } from './person.ts';
import { expect } from './stage.ts';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const rules = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] };

/**
 * Checks the current page, or the part of it that a selector names, such as a dialog over a page that was checked
 * without it. Lists the problems with their elements.
 */
export async function check(person: Person, view: string, part = ':root'): Promise<void> {
  // Evaluated as by a debugger, so that the page keeps its content security policy.
  await person.page.evaluate(`window.axe || (() => { ${axe} })()`);
  const found = await person.page.evaluate(
    async ([runOnly, selector]) => {
      // Until no transition is running.
      const isUnderWay = ({ playState, effect }: Animation) =>
        playState === 'running' && effect?.getComputedTiming().endTime !== Infinity;
      do await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      while (document.getAnimations().some(isUnderWay));
      const { axe: checker } = window as unknown as {
        axe: { run(context: string, options: object): Promise<AxeResults> };
      };
      const { violations, passes, incomplete } = await checker.run(selector, {
        runOnly,
        resultTypes: ['violations'],
        preload: false,
      });
      return {
        spoke: passes.length + incomplete.length,
        violations: violations.flatMap(({ id, nodes }) =>
          nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary ?? ''}`),
        ),
      };
    },
    [rules, part] as const,
  );
  expect(found.violations, view).toEqual([]);
  const least = part === ':root' ? 8 : 4;
  expect(found.spoke, `rules that spoke of ${view}`).toBeGreaterThanOrEqual(least);
}
