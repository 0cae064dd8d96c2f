// `npm run bench:live`: the live core beside other servers, each its own process, in turn. Names of scenarios
// choose some (`-- room-100 joins`), `--only=resa,y-websocket` some systems. docs/PERFORMANCE.md says more.
import { fork } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cleanUp, temporaryFolder } from '../server.mjs';
import { installPeers } from './peers.mjs';
import { printProfile } from './profile.mjs';
import { scenarios } from './scenarios.mjs';
import { systems } from './systems.mjs';
import { printGroups, printScenario, printTargets } from './tables.mjs';

const one = fileURLToPath(new URL('./one.mjs', import.meta.url));
/** Past this a measurement hangs, or the machine is at other work. */
const mostMs = 240_000;

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    'warm-up': { type: 'string' },
    profile: { type: 'boolean', default: false },
    json: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});

/** Boards whose states have been noted. */
const noted = new Set();

const began = performance.now();
try {
  if (options.list) list();
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
  const [processor] = cpus();
  console.log(
    `Node ${process.version}, ${cpus().length} x ${processor?.model}, load ${loadavg()[0]?.toFixed(1)}`,
  );
  // What a measurement that had to be ended leaves behind goes with this folder.
  process.env.BENCH_STATES = process.env.TMPDIR = await temporaryFolder();
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
  if (options.json) {
    const figures = results.map(({ scenario, runs }) => ({ name: scenario.name, runs }));
    writeFileSync(options.json, JSON.stringify(figures, null, 1));
  }
  console.log(`\nTook ${((performance.now() - began) / 1000).toFixed(0)} s.`);
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

/** All systems in turn, and that some times over: what the machine does beside falls on all of them. */
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
        console.log(`  ${scenario.name}, ${name}, round ${round}: ${JSON.stringify(rounded(figures))}`);
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

/** @returns the figures of a measurement; its process, and the servers that it started, end with it */
async function inItsOwnProcess(task) {
  const child = fork(one, { detached: true });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), mostMs);
  const answer = await new Promise((resolve) => {
    child.once('message', resolve);
    void ended.then((code) =>
      resolve({ failed: `it ended with ${code}, or took more than ${mostMs / 1000} s` }),
    );
    child.send(task);
  });
  await ended;
  clearTimeout(timer);
  if (answer.failed) throw new Error(answer.failed);
  return answer.figures;
}

function rounded(figures) {
  const brief = ([name, value]) => [name, typeof value === 'number' ? Number(value.toPrecision(4)) : value];
  return Object.fromEntries(Object.entries(figures).map(brief));
}
