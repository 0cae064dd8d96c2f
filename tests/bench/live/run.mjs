// `npm run bench:live`: the live core beside other servers, each its own process, in turn. Names of scenarios
// choose some (`-- room-100 joins`), `--only=resa,y-websocket` some systems. docs/PERFORMANCE.md says more.
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { cleanUp } from '../server.mjs';
import { installPeers } from './peers.mjs';
import { printProfile } from './profile.mjs';
import { noteState } from './rooms.mjs';
import { scenarios } from './scenarios.mjs';
import { startSystem, systems } from './systems.mjs';
import { printGroups, printScenario, printTargets } from './tables.mjs';

/** Past this something hangs; nothing may be left running. */
const mostMsEach = 120_000;

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string', default: '6' },
    profile: { type: 'boolean', default: false },
    json: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});

const began = performance.now();
try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

async function main() {
  if (options.list) {
    for (const { name, says, systems: of } of scenarios) console.log(`${name}: ${says} (${of.join(', ')})`);
    return;
  }
  const wanted = chosen(
    names,
    scenarios.map(({ name }) => name),
    'scenario',
  );
  const allowed = chosen(options.only?.split(',') ?? [], Object.keys(systems), 'system');
  const missing = options.profile ? [] : installPeers(allowed);
  console.log(
    `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'processor'}, load ${loadavg()[0]?.toFixed(1)}`,
  );
  const results = [];
  for (const scenario of scenarios.filter(({ name }) => wanted.includes(name))) {
    const of = scenario.systems.filter((name) => allowed.includes(name) && !missing.includes(name));
    await noteBoards(scenario.boards ?? []);
    const result = {
      scenario,
      runs: await measure(
        scenario,
        options.profile ? of.filter((name) => systems[name].isOurs).slice(0, 1) : of,
      ),
    };
    if (!scenario.group) printScenario(result);
    results.push(result);
  }
  printGroups(results);
  printTargets(results);
  if (options.json)
    writeFileSync(
      options.json,
      JSON.stringify(
        results.map(({ scenario, runs }) => ({ name: scenario.name, runs })),
        null,
        1,
      ),
    );
  console.log(`Took ${((performance.now() - began) / 1000).toFixed(0)} s.`);
}

function chosen(given, known, what) {
  const strange = given.filter((name) => !known.includes(name));
  if (strange.length > 0)
    throw new Error(`There is no ${what} "${strange.join('", "')}"; there are ${known.join(', ')}.`);
  return given.length > 0 ? given : known;
}

/** Each board is made once at a server of ours, whose guard has then seen it; the others get its bytes. */
async function noteBoards(boards) {
  if (boards.length === 0) return;
  const server = await startSystem('resa');
  for (const of of boards) await noteState(server.url, of);
  await server.stop();
}

/** All systems in turn, and that some times over: what the machine does beside falls on all of them. */
async function measure(scenario, of) {
  const runs = [];
  const rounds = Number(options.rounds ?? scenario.rounds ?? 2);
  for (let round = 1; round <= (options.profile ? 1 : rounds); round++) {
    for (const name of of) {
      const profileTo = options.profile ? `/tmp/resa-${scenario.name}.cpuprofile` : null;
      try {
        const figures = await within(mostMsEach, measureOne(scenario, name, profileTo));
        runs.push({ name, round, figures });
        console.log(`  ${scenario.name}, ${name}, round ${round}: ${JSON.stringify(rounded(figures))}`);
        if (profileTo) printProfile(profileTo);
      } catch (error) {
        console.log(`  ${scenario.name}, ${name}, round ${round}: failed: ${error.message}`);
        runs.push({ name, round, failed: error.message });
        await cleanUp();
      }
    }
  }
  return runs;
}

async function measureOne(scenario, name, profileTo) {
  let system = await startSystem(name, { profileTo });
  const again = async () => {
    await system.stop();
    system = await startSystem(name, { folder: system.folder, port: system.port });
    return system;
  };
  const figures = await scenario.measure(system, { seconds: Number(options.seconds), again });
  await system.kill();
  await rm(system.folder, { recursive: true, force: true });
  return figures;
}

async function within(ms, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took more than ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function rounded(figures) {
  const brief = ([name, value]) => [name, typeof value === 'number' ? Number(value.toPrecision(4)) : value];
  return Object.fromEntries(Object.entries(figures).map(brief));
}
