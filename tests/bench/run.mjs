// `npm run bench`: measures what docs/PERFORMANCE.md promises, and prints each figure beside its target. It needs the
// build, and takes two to three minutes. Arguments select parts (`-- edit start`). `--beside=<dist>` compares this
// build with another one instead.
import { fork } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { besideOptions, lower, orderIn, printComparison } from './comparison.mjs';
import { ourFigures, printTable, written } from './figures.mjs';
import { parts } from './parts.mjs';
import { cleanUp } from './server.mjs';

/** After this time something hangs; stop everything. */
const mostMs = 235_000;

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    beside: { type: 'string' },
    rounds: { type: 'string' },
    strict: { type: 'boolean', default: false },
  },
});

const began = performance.now();
const seconds = () => ((performance.now() - began) / 1000).toFixed(0);
try {
  const strange = names.filter((name) => !(name in parts));
  if (strange.length > 0)
    throw new Error(
      `There is no part "${strange.join('", "')}"; there are ${Object.keys(parts).join(', ')}.`,
    );
  if (options.beside) await compareBuilds(besideOptions(options));
  else await measure();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}

async function measure() {
  const alarm = setTimeout(() => {
    printTable();
    console.error('The benchmark took too long, and was ended: is the machine at other work?');
    void cleanUp().finally(() => process.exit(1));
  }, mostMs);
  try {
    console.log(
      `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'processor'}, load ${loadavg()[0]?.toFixed(1)}\n`,
    );
    for (const [name, run] of Object.entries(parts))
      if (names.length === 0 || names.includes(name)) await run();
    printTable();
    console.log(`Took ${seconds()} s.`);
    process.send?.(ourFigures());
  } finally {
    await cleanUp();
    clearTimeout(alarm);
    process.disconnect?.();
  }
}

/** Runs this program with each build alternately, each time in its own process. */
async function compareBuilds({ builds, rounds }) {
  const rows = new Map();
  const failures = [];
  for (let round = 1; round <= rounds; round++)
    for (const build of orderIn(round)) {
      const figures = await figuresOf(builds[build]);
      console.log(
        `round ${round}, ${build}: ${figures ? `${figures.length} figures` : 'failed'}, ${seconds()} s after the start`,
      );
      if (!figures) failures.push(`round ${round}, ${build}`);
      for (const { name, value, unit } of figures ?? []) {
        const row = { name, better: lower, write: (of) => written(of, unit), old: [], new: [] };
        if (!rows.has(name)) rows.set(name, row);
        rows.get(name)[build].push(value);
      }
    }
  const isStrict = options.strict;
  process.exitCode = printComparison({ rows: [...rows.values()], failures, builds, rounds, isStrict });
}

/** @returns the figures of a build, or null if measuring failed; the reason is on standard error */
async function figuresOf(build) {
  const child = fork(fileURLToPath(import.meta.url), names, {
    env: { ...process.env, RESA_DIST: build },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let figures = null;
  child.once('message', (message) => (figures = message));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  return code === 0 ? figures : null;
}
