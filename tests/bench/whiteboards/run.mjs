// `npm run bench:page`: measures our page beside tldraw, Excalidraw and a bare page that culls, in one run.
// `--cards=1000` measures one size, `--only=resa,tldraw` some pages, `--smoke` little of everything in about a minute.
// `--beside=<dist>` compares two builds of ours instead. docs/PERFORMANCE.md says more.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sizes } from '../boards.mjs';
import { besideOptions, orderIn, printComparison } from '../comparison.mjs';
import { launchBrowser } from '../page.mjs';
import { cleanUp, dist } from '../server.mjs';
import { becomesSame, drives, openPage, sizeOf } from './drive.mjs';
import { comparedRows, printParts, printSize } from './figures.mjs';
import { otherNames, startOthers } from './others.mjs';
import { ownCards, planMoves } from './plan.mjs';
import { startResa } from './resa.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    cards: { type: 'string' },
    rounds: { type: 'string' },
    beside: { type: 'string' },
    strict: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

/** What a block does. */
const usual = { moves: 40, batches: 10, keys: 60, steps: 240, restMs: 10_000 };
const brief = { moves: 12, batches: 3, keys: 20, steps: 60, restMs: 2_000 };
const amounts = options.smoke ? brief : usual;
const usualRounds = options.smoke ? 1 : 3;
/** At the end of a measurement all its pages rest at once. */
const restedLast = 'rest';
/** Before that, pages finish what panning has begun. */
const settledMs = 4_000;
const known = ['resa', ...otherNames];

const began = performance.now();
const seconds = () => `${((performance.now() - began) / 1000).toFixed(0)} s`;
const failures = [];
let browser;
try {
  const counts = chosen(
    options.cards ?? (options.smoke ? '1000' : undefined),
    Object.keys(sizes),
    'size',
  ).map(Number);
  console.log(
    `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'processor'}, load ${loadavg()[0]?.toFixed(1)}`,
  );
  browser = await launchBrowser();
  console.log(`Chromium ${browser.version()}\n`);
  if (options.beside) await compareBuilds(counts);
  else await measurePages(counts);
  console.log(`\nTook ${seconds()}.`);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser?.close();
  await cleanUp();
}

/** Measures ours and the other pages. */
async function measurePages(counts) {
  const names = chosen(options.only, known, 'page');
  const rounds = Number(options.rounds ?? usualRounds);
  const resa = await startResa(dist);
  const others = await startOthers(names.filter((name) => name !== 'resa'));
  const results = {};
  for (const count of counts) {
    const ours = await resa.board(count);
    const boards = names.map((name) => ({
      name,
      board: name === 'resa' ? ours : others.board(name, ours.doc),
    }));
    results[count] = await measure(boards, count, rounds, (round) =>
      round % 2 === 1 ? names : names.toReversed(),
    );
  }
  for (const count of counts) {
    printSize(count, names, results[count]);
    printParts(count, names, results[count]);
  }
  if (options.json) writeFileSync(options.json, JSON.stringify(results, null, 2));
  for (const one of failures) console.log(`FAILED: ${one}`);
  if (failures.length > 0) process.exitCode = 1;
  await resa.stop();
  await others.stop();
}

/** Measures this build and the one that `--beside` names, in alternating rounds. */
async function compareBuilds(counts) {
  const { builds, rounds } = besideOptions(options);
  const started = { old: await startResa(builds.old), new: await startResa(builds.new) };
  const rows = [];
  for (const count of counts) {
    const boards = [];
    for (const name of ['old', 'new']) boards.push({ name, board: await started[name].board(count) });
    rows.push(...comparedRows(count, await measure(boards, count, rounds, orderIn)));
  }
  process.exitCode = printComparison({ rows, failures, builds, rounds, isStrict: options.strict });
  for (const build of Object.values(started)) await build.stop();
}

/**
 * Measures boards of one size in alternating blocks. A board that fails is left out from then on.
 * @returns by name, by figure, a list of measurements
 */
async function measure(boards, count, rounds, orderIn) {
  const values = Object.fromEntries(boards.map(({ name }) => [name, {}]));
  const note = (name, figure, value) => (values[name][figure] ??= []).push(value);
  const noteSpent = (name, kind, { task, ...parts }) => {
    note(name, kind, task);
    for (const [part, value] of Object.entries(parts)) note(name, `${kind}, ${part}`, value);
  };
  const left = new Map(boards.map(({ name, board }) => [name, board]));
  /** Prints what has been measured, with the last values, since a run takes long. */
  const say = (what, ...kinds) => {
    const last = (kind) =>
      Object.entries(values).map(([name, of]) => `${name} ${of[kind]?.at(-1)?.toFixed(1) ?? 'none'}`);
    const told = kinds.map((kind) => `${kind}: ${last(kind).join(', ')}`).join('; ');
    console.log(`${count} cards, ${what}, ${seconds()} after the start; ${told}`);
  };
  const attempt = async (name, what, act) => {
    if (!left.has(name)) return null;
    try {
      return await act(left.get(name));
    } catch (error) {
      left.delete(name);
      failures.push(`${name}, ${count} cards, ${what}: ${error.message}`);
      console.log(failures.at(-1));
      return null;
    }
  };

  for (let round = 1; round <= rounds; round++) {
    for (const name of orderIn(round))
      await attempt(name, 'load', async (board) => {
        const opened = await openPage(browser, board);
        const { heap, elements } = await sizeOf(opened);
        await becomesSame(board, opened.page);
        await opened.close();
        for (const [figure, value] of Object.entries({
          usable: opened.usable,
          busy: opened.busy,
          heap,
          elements,
        }))
          note(name, figure, value);
      });
    say(`loads of round ${round}`, 'usable', 'busy', 'heap', 'elements');
  }

  const open = new Map();
  for (const name of left.keys())
    await attempt(name, 'opening', async (board) => {
      const opened = await openPage(browser, board);
      await sizeOf(opened);
      open.set(name, { ...opened, plan: planMoves(board.doc), own: ownCards(board.doc) });
    });
  for (const [kind, drive] of Object.entries(drives).filter(([kind]) => kind !== restedLast)) {
    // The first block is a warm-up, and not counted.
    for (let round = options.smoke ? 1 : 0; round <= rounds; round++)
      for (const name of orderIn(round))
        await attempt(name, kind, async () => {
          const { spent, frames } = await drive(open.get(name), amounts);
          if (round === 0) return;
          noteSpent(name, kind, spent);
          if (frames !== undefined) note(name, `${kind}Frames`, frames);
        });
    say(kind, kind);
  }
  await pause(settledMs);
  for (let round = 1; round <= rounds; round++)
    await Promise.all(
      [...open.keys()].map((name) =>
        attempt(name, restedLast, async () => {
          const { spent } = await drives.rest(open.get(name), amounts);
          noteSpent(name, restedLast, spent);
        }),
      ),
    );
  for (const [name, { page }] of open) await attempt(name, 'the end', (board) => becomesSame(board, page));
  say(restedLast, restedLast);
  for (const [name, { close }] of open) await attempt(name, 'the end', close);
  return values;
}

/** @returns the names in a list that is separated by commas, or all that there are */
function chosen(given, all, what) {
  const names = given?.split(',') ?? all;
  const strange = names.filter((name) => !all.includes(name));
  if (strange.length > 0)
    throw new Error(`There is no ${what} "${strange.join('", "')}"; there are ${all.join(', ')}.`);
  return names;
}
