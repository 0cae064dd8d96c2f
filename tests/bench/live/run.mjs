// `npm run bench:live`: compares the live core with other servers, each in its own process, one at a time. Arguments
// select scenarios (`-- room-100 joins`), `--only=resa,y-websocket` selects systems. `--beside=<dist>` compares this
// build with another one instead. docs/PERFORMANCE.md says more.
import { rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { besideOptions, printComparison } from '../comparison.mjs';
import { cleanUp, temporaryFolder } from '../server.mjs';
import { compared, comparedTiming, failuresOf, measureBeside, rowsOf } from './beside.mjs';
import { brief, inItsOwnProcess } from './own-process.mjs';
import { installPeers } from './peers.mjs';
import { printProfile } from './profile.mjs';
import { scenarios } from './scenarios.mjs';
import { systems } from './systems.mjs';
import { printGroups, printScenario, printTargets } from './tables.mjs';

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    'warm-up': { type: 'string' },
    profile: { type: 'boolean', default: false },
    json: { type: 'string' },
    beside: { type: 'string' },
    strict: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

/** Boards whose states are stored. */
const noted = new Set();

const began = performance.now();
try {
  if (options.list) list();
  else if (options.beside) await compareBuilds();
  else await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

function list() {
  for (const { name, says, systems: of } of scenarios) console.log(`${name}: ${says} (${of.join(', ')})`);
}

async function main() {
  const known = scenarios.map(({ name }) => name);
  const wanted = chosen(names, known, 'scenario');
  const allowed = chosen(options.only?.split(',') ?? [], Object.keys(systems), 'system');
  const missing = options.profile ? [] : installPeers(allowed);
  await prepare();
  const results = [];
  for (const scenario of scenarios.filter(({ name }) => wanted.includes(name))) {
    const of = scenario.systems.filter((name) => allowed.includes(name) && !missing.includes(name));
    if (of.length === 0) continue;
    const result = { scenario, runs: await measure(scenario, options.profile ? oursOnly(of) : of) };
    if (!scenario.isGrowth) printScenario(result);
    results.push(result);
  }
  printGroups(results);
  printTargets(results);
  keep(results.map(({ scenario, runs }) => ({ name: scenario.name, runs })));
  console.log(`\nTook ${((performance.now() - began) / 1000).toFixed(0)} s.`);
}

/** Measures this build and the one that `--beside` names. */
async function compareBuilds() {
  const ours = Object.keys(systems).filter((name) => systems[name].isOurs);
  const of = options.only ? chosen(options.only.split(','), ours, 'system of ours') : ['resa'];
  const known = scenarios.map(({ name }) => name);
  const wanted = names.length > 0 ? chosen(names, known, 'scenario') : compared;
  const how = besideOptions(options);
  await prepare();
  const results = await measureBeside({
    ...how,
    scenarios: scenarios.filter(({ name }) => wanted.includes(name)),
    systems: of,
    timing: () => timing(comparedTiming),
  });
  keep(results.map(({ scenario, system, runs }) => ({ name: scenario.name, system, runs })));
  console.log(`\nTook ${((performance.now() - began) / 1000).toFixed(0)} s.`);
  const [rows, failures] = [results.flatMap(rowsOf), results.flatMap(failuresOf)];
  process.exitCode = printComparison({ ...how, rows, failures, isStrict: options.strict });
}

async function prepare() {
  const [processor] = cpus();
  console.log(
    `Node ${process.version}, ${cpus().length} x ${processor?.model}, load ${loadavg()[0]?.toFixed(1)}`,
  );
  // Anything left by a measurement that was killed is removed with this folder.
  process.env.BENCH_STATES = process.env.TMPDIR = await temporaryFolder();
}

function keep(figures) {
  if (options.json) writeFileSync(options.json, JSON.stringify(figures, null, 1));
}

function chosen(given, known, what) {
  const strange = given.filter((name) => !known.includes(name));
  if (strange.length > 0)
    throw new Error(`There is no ${what} "${strange.join('", "')}"; there are ${known.join(', ')}.`);
  return given.length > 0 ? given : known;
}

function oursOnly(of) {
  return of.filter((name) => systems[name].isOurs).slice(0, 1);
}

async function noteBoards(boards) {
  const missing = boards.filter((of) => !noted.has(of));
  if (missing.length === 0) return;
  await inItsOwnProcess({ boards: missing });
  for (const of of missing) noted.add(of);
}

/** Measures all systems, one at a time, for several rounds, so that other work of the machine affects all of them. */
async function measure(scenario, of) {
  if (of.some((name) => !systems[name].isOurs)) await noteBoards(scenario.boards);
  const runs = [];
  const rounds = options.profile ? 1 : Number(options.rounds ?? scenario.rounds ?? 2);
  for (let round = 1; round <= rounds; round++) {
    for (const name of of) {
      if (round > 1 && scenario.once?.includes(name)) continue;
      const profileTo = options.profile ? `/tmp/resa-${scenario.name}.cpuprofile` : null;
      if (profileTo) rmSync(profileTo, { force: true });
      const task = { scenario: scenario.name, system: name, ...timing(scenario), profileTo };
      try {
        const figures = await inItsOwnProcess(task);
        runs.push({ name, round, figures });
        console.log(`  ${scenario.name}, ${name}, round ${round}: ${brief(figures)}`);
        if (profileTo) printProfile(profileTo);
      } catch (error) {
        runs.push({ name, round, failed: error.message });
        console.log(`  ${scenario.name}, ${name}, round ${round}: failed: ${error.message}`);
      }
    }
  }
  return runs;
}

function timing({ warmUpSeconds = 6, seconds = 5 }) {
  return {
    warmUpSeconds: Number(options['warm-up'] ?? warmUpSeconds),
    seconds: Number(options.seconds ?? seconds),
  };
}
