// The figures as Markdown, as in docs/PERFORMANCE.md.
import { higher, lower } from '../comparison.mjs';
import { median, table } from '../figures.mjs';
import { systems } from './systems.mjs';
import { count, kilobytes, ms, percent, us } from './units.mjs';

/**
 * Columns for people at work: heading, figure, format, and the better direction for figures that are compared between
 * builds.
 */
export const loadColumns = [
  ['deliveries/s', 'deliveredPerSecond', count],
  ['of offered', (one) => one.deliveredPerSecond / one.offeredPerSecond, percent, higher],
  ['CPU a delivery', 'usPerDelivery', us, lower],
  ['of a core', 'coreShare', percent],
  ['edit p50', 'editP50', ms, lower],
  ['edit p99', 'editP99', ms, lower],
  ['cursor p50', 'moveP50', ms],
  ['cursor p99', 'moveP99', ms, lower],
  ['acknowledged p99', 'ackP99', ms, lower],
  ['frames/s a person', 'framesPerPerson', count],
  ['KB/s a person', (one) => one.bytesPerPerson / 1024, count, lower],
  ['edits arrived', 'editsArrived', percent],
  ['memory a room', 'memoryPerRoom', kilobytes, lower],
  ['generator', 'generatorShare', percent],
];

const cpu = ['usPerDelivery', us];
const get = (one, figure) => (typeof figure === 'function' ? figure(one) : one[figure]);

/** The values of a figure in a system's runs, without runs that have none. */
export function valuesOf(runs, name, figure) {
  const values = runs
    .filter((run) => run.name === name && run.figures)
    .map(({ figures }) => get(figures, figure));
  return values.filter((value) => typeof value === 'boolean' || Number.isFinite(value));
}

const namesOf = (runs) => [...new Set(runs.map(({ name }) => name))];

/** A scenario: one line per system, the faults, and our figures against the others. */
export function printScenario({ scenario, runs }) {
  const columns = scenario.columns ?? loadColumns;
  const rows = namesOf(runs).map((name) => [
    name,
    ...columns.map(([, figure, write]) => cell(runs, name, figure, write)),
  ]);
  console.log(`\n**${scenario.name}**: ${scenario.says}\n`);
  console.log(table([['', ...columns.map(([heading]) => heading)], ...rows]));
  const faults = runs.flatMap(({ name, round, figures, failed }) =>
    faultsOf(figures, failed).map((what) => `${name}, round ${round}: ${what}`),
  );
  if (faults.length > 0) console.log(`\nNot as it should be: ${faults.join('; ')}.`);
  const told = comparison(runs, scenario.key ?? cpu);
  if (told) console.log(`\n${told}`);
}

function cell(runs, name, figure, write) {
  const values = valuesOf(runs, name, figure);
  if (values.length === 0) return '';
  return write(typeof values[0] === 'boolean' ? values.some(Boolean) : median(values));
}

/** Faults of a run, apart from its timings. */
export function faultsOf(figures, failed) {
  if (!figures) return [`failed (${failed.replace(/\s+/g, ' ').slice(0, 120)})`];
  return [
    figures.lost > 0 && `${figures.lost} people's last edit is not there`,
    figures.closed > 0 && `${figures.closed} sockets were closed`,
    figures.editsArrived < 1 && `${percent(figures.editsArrived)} of the edits arrived`,
  ].filter(Boolean);
}

/** The best of the others and the best floor, by a figure for which lower is better. */
function bestOf(runs, figure) {
  const known = namesOf(runs).filter((name) => valuesOf(runs, name, figure).length > 0);
  const middle = (name) => median(valuesOf(runs, name, figure));
  const best = (names) => names.toSorted((a, b) => middle(a) - middle(b))[0] ?? null;
  return {
    peer: best(known.filter((name) => !systems[name].isOurs && !systems[name].isFloor)),
    floor: best(known.filter((name) => systems[name].isFloor)),
  };
}

function spread(values, write) {
  if (values.length === 0) return '';
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return values.length > 1
    ? `${write(median(values))} (${write(least)} to ${write(most)})`
    : write(median(values));
}

function comparison(runs, [figure, write]) {
  const { peer, floor } = bestOf(runs, figure);
  const against = (ours, name) => {
    const values = valuesOf(runs, name, figure);
    return `${count(median(ours) / median(values))} of ${name} (${spread(values, write)})`;
  };
  const lines = namesOf(runs)
    .filter((name) => systems[name].isOurs && valuesOf(runs, name, figure).length > 0)
    .map((name) => {
      const ours = valuesOf(runs, name, figure);
      const parts = [peer, floor].filter(Boolean).map((other) => against(ours, other));
      return parts.length > 0 ? `${name}: ${spread(ours, write)}; ${parts.join('; ')}.` : '';
    });
  return lines.filter(Boolean).join('\n');
}

/** How our cost grows: the scenarios of a group as lines of one table, smallest first. */
export function printGroups(results) {
  const groups = new Set(results.map(({ scenario }) => scenario.group).filter(Boolean));
  for (const group of groups) {
    const sizeOf = ({ scenario }) => Number(scenario.name.split('-')[1]);
    const rows = results
      .filter(({ scenario }) => scenario.group === group)
      .toSorted((a, b) => sizeOf(a) - sizeOf(b))
      .map(({ scenario, runs }) => [
        scenario.says,
        ...loadColumns.map(([, figure, write]) => cell(runs, 'resa', figure, write)),
      ]);
    console.log(`\n**How it grows, ${group}**\n`);
    console.log(table([['', ...loadColumns.map(([heading]) => heading)], ...rows]));
  }
}

/** Our targets, and the results. */
export function printTargets(results) {
  const rows = results.flatMap(({ scenario, runs }) =>
    (scenario.targets ?? []).map((target) => {
      const ours = valuesOf(runs, 'resa', target.figure);
      const { peer, floor } = bestOf(runs, target.figure);
      const others = peer ? valuesOf(runs, peer, target.figure) : [];
      const most = limitOf(target, runs, others);
      const isKnown = ours.length > 0 && most !== null;
      return [
        scenario.name,
        target.name,
        spread(ours, target.write),
        peer ? `${spread(others, target.write)}, ${peer}` : '',
        ours.length > 0 && others.length > 0 ? count(median(ours) / median(others)) : '',
        floor ? `${spread(valuesOf(runs, floor, target.figure), target.write)}, ${floor}` : '',
        most === null ? '' : `<= ${target.write(most)}`,
        isKnown ? (median(ours) <= most ? 'met' : 'MISSED') : '',
      ];
    }),
  );
  if (rows.length === 0) return;
  const head = ['scenario', 'figure', 'ours', 'best of the others', 'ours to it', 'floor', 'target', ''];
  console.log(`\n${table([head, ...rows])}`);
}

function limitOf({ most, share, ofOwn }, runs, others) {
  if (most !== undefined) return most;
  const base = ofOwn ? valuesOf(runs, 'resa', ofOwn) : others;
  return base.length > 0 ? share * median(base) : null;
}
