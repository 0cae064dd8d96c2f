// Measures the same scenarios with two builds of Resa, in alternating rounds.
import { orderIn } from '../comparison.mjs';
import { brief, inItsOwnProcess } from './own-process.mjs';
import { faultsOf, loadColumns, valuesOf } from './tables.mjs';

/** Compared by default: with the timing below, five rounds take some ten minutes. */
export const compared = ['room-10', 'room-100', 'rooms-500', 'joins', 'idle', 'cold'];
/** Shorter than usual: both builds are equally cold, and more rounds say more than longer ones. */
export const comparedTiming = { warmUpSeconds: 3, seconds: 4 };

/**
 * Each run has its own process, server, port and data folder. The load comes from this checkout in all of them.
 * @returns the runs of each scenario and system: `{name, round}`, where `name` is `old` or `new`, and `figures` or
 * `failed`
 */
export async function measureBeside({ builds, rounds, scenarios, systems, timing }) {
  const results = scenarios.flatMap((scenario) =>
    systems
      .filter((name) => scenario.systems.includes(name))
      .map((system) => ({ scenario, system, runs: [] })),
  );
  for (let round = 1; round <= rounds; round++)
    for (const { scenario, system, runs } of results)
      for (const name of orderIn(round)) {
        const task = { scenario: scenario.name, system, ...timing(scenario), profileTo: null };
        const outcome = await inItsOwnProcess(task, { RESA_DIST: builds[name] }).then(
          (figures) => ({ figures }),
          (error) => ({ failed: error.message }),
        );
        runs.push({ name, round, ...outcome });
        const said = outcome.figures ? brief(outcome.figures) : `failed: ${outcome.failed}`;
        console.log(`  ${titleOf(scenario, system)}, ${name}, round ${round}: ${said}`);
      }
  return results;
}

/** A row for each figure that has a better direction. */
export function rowsOf({ scenario, system, runs }) {
  return (scenario.columns ?? loadColumns)
    .filter(([, , , better]) => better)
    .map(([heading, figure, write, better]) => ({
      name: `${titleOf(scenario, system)}: ${heading}`,
      write,
      better,
      old: valuesOf(runs, 'old', figure),
      new: valuesOf(runs, 'new', figure),
    }));
}

/** Runs that failed, and runs that lost something: a sentence for each. */
export function failuresOf({ scenario, system, runs }) {
  return runs.flatMap(({ name, round, figures, failed }) =>
    faultsOf(figures, failed).map(
      (fault) => `${titleOf(scenario, system)}, ${name}, round ${round}: ${fault}`,
    ),
  );
}

const titleOf = ({ name }, system) => (system === 'resa' ? name : `${name}, ${system}`);
