// The figures as Markdown, as they stand in docs/PERFORMANCE.md.
import { median } from '../figures.mjs';
import { systems } from './systems.mjs';

const number = (value) =>
  Number.isNaN(value) || value === null || value === undefined
    ? ''
    : Math.abs(value) >= 1000
      ? Math.round(value).toLocaleString('en')
      : Math.abs(value) >= 100
        ? value.toFixed(0)
        : Math.abs(value) >= 10
          ? value.toFixed(1)
          : value.toFixed(2);
const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** The columns of people at work: heading, figure, and how it is written. */
export const loadColumns = [
  ['deliveries/s', 'deliveredPerSecond', number],
  ['of offered', (one) => one.deliveredPerSecond / one.offeredPerSecond, percent],
  ['CPU a delivery', 'usPerDelivery', (us) => `${number(us)} us`],
  ['of a core', 'coreShare', percent],
  ['edit p50', 'editP50', (ms) => `${number(ms)} ms`],
  ['edit p99', 'editP99', (ms) => `${number(ms)} ms`],
  ['cursor p50', 'moveP50', (ms) => `${number(ms)} ms`],
  ['cursor p99', 'moveP99', (ms) => `${number(ms)} ms`],
  ['frames/s a person', 'framesPerPerson', number],
  ['KB/s a person', (one) => one.bytesPerPerson / 1024, number],
  ['edits arrived', 'editsArrived', percent],
  ['generator', 'generatorShare', percent],
];

/** One scenario: a line a system, with the spread of what the scenario is about, and ours against the others. */
export function printScenario({ scenario, runs }) {
  const columns = scenario.columns ?? loadColumns;
  const key = scenario.key ?? { figure: 'usPerDelivery', unit: 'us' };
  const names = [...new Set(runs.map(({ name }) => name))];
  const rows = names.map((name) => {
    const done = runs.filter((run) => run.name === name && run.figures).map(({ figures }) => figures);
    if (done.length === 0) return [name, ...columns.map(() => 'failed')];
    return [name, ...columns.map(([, figure, write]) => write(median(done.map((one) => get(one, figure)))))];
  });
  console.log(`\n**${scenario.name}**: ${scenario.says}\n`);
  console.log(table([['', ...columns.map(([heading]) => heading)], ...rows]));
  const faults = runs.flatMap(({ name, round, figures, failed }) =>
    faultsOf(figures, failed).map((what) => `${name}, round ${round}: ${what}`),
  );
  if (faults.length > 0) console.log(`\nNot as it should be: ${faults.join('; ')}.`);
  const told = comparison(runs, key);
  if (told) console.log(`\n${told}`);
}

const get = (one, figure) => (typeof figure === 'function' ? figure(one) : one[figure]);

function faultsOf(figures, failed) {
  if (!figures) return [`failed (${failed})`];
  return [
    figures.lost > 0 && `${figures.lost} people's last edit is not there`,
    figures.closed > 0 && `${figures.closed} sockets were closed`,
    figures.editsArrived < 1 && `${percent(figures.editsArrived)} of edits arrived`,
  ].filter(Boolean);
}

/** Ours against the best of the others and against the floor, with the spread over the rounds. */
export function compare(runs, figure) {
  const of = (name) =>
    runs
      .filter((run) => run.name === name && run.figures)
      .map(({ figures }) => get(figures, figure))
      .filter((value) => !Number.isNaN(value));
  const names = [...new Set(runs.map(({ name }) => name))].filter((name) => of(name).length > 0);
  const best = (list) => list.toSorted((a, b) => median(of(a)) - median(of(b)))[0] ?? null;
  const peer = best(names.filter((name) => !systems[name].isOurs && !systems[name].isFloor));
  const floor = best(names.filter((name) => systems[name].isFloor));
  return {
    ours: of('resa'),
    peer,
    peerValues: peer ? of(peer) : [],
    floor,
    floorValues: floor ? of(floor) : [],
  };
}

export function spread(values, unit) {
  if (values.length === 0) return '';
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const range = values.length > 1 ? ` (${number(least)}-${number(most)})` : '';
  return `${number(median(values))}${range} ${unit}`;
}

function comparison(runs, { figure, unit }) {
  const { ours, peer, peerValues, floor, floorValues } = compare(runs, figure);
  if (ours.length === 0) return null;
  const against = (name, values) =>
    name && `${number(median(ours) / median(values))} of ${name} (${spread(values, unit)})`;
  const parts = [against(peer, peerValues), against(floor, floorValues)].filter(Boolean);
  return parts.length > 0 ? `Ours: ${spread(ours, unit)}; ${parts.join('; ')}.` : null;
}

/** All scenarios that were run, a line each. */
export function printRun(results) {
  const rows = results.map(({ scenario, runs }) => {
    const { figure, unit } = scenario.key ?? { figure: 'usPerDelivery', unit: 'us' };
    const { ours, peer, peerValues, floor, floorValues } = compare(runs, figure);
    const ratio = (values) =>
      values.length > 0 && ours.length > 0 ? number(median(ours) / median(values)) : '';
    return [
      scenario.name,
      spread(ours, unit),
      peer ? `${spread(peerValues, unit)}, ${peer}` : '',
      ratio(peerValues),
      floor ? `${spread(floorValues, unit)}, ${floor}` : '',
      ratio(floorValues),
    ];
  });
  console.log(
    `\n${table([['scenario', 'ours', 'best of the others', 'ours / it', 'floor', 'ours / it'], ...rows])}`,
  );
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  const draw = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [head, ...rest] = rows;
  return [draw(head), draw(widths.map((width) => '-'.repeat(width))), ...rest.map(draw)].join('\n');
}
