// The cost of the page: until it is usable, when another person moves a card, and at rest. By Chromium's own counters.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { CHROME_ARGS, findChrome } from '../chrome.mjs';
import { mover } from './boards.mjs';
import { Peer } from './peer.mjs';
import { dist } from './server.mjs';

const client = join(dist, 'client');
const viewport = { width: 1440, height: 900 };

export function launchBrowser() {
  const executablePath = findChrome();
  return chromium.launch({ args: CHROME_ARGS, ...(executablePath && { executablePath }) });
}

/**
 * Opens a board in a fresh context: no cache, no storage, but a membership, as after joining on another day. The page
 * records when it has the first card (`card`), when the frame with that card is painted (`usable`), when the sync
 * status is `saved` (`saved`), and how many frames it requests (`frames`).
 */
async function openPage(browser, url, link, name) {
  const context = await browser.newContext({ viewport, locale: 'en-GB' });
  const joined = await context.request.post(`${url}/api/join`, { data: { link, name } });
  const { board, person } = await joined.json();
  const page = await context.newPage();
  await page.addInitScript(noteMoments, { board, person });
  const read = await counters(page);
  await page.goto(`${url}/b/${board}/map`, { waitUntil: 'commit' });
  await untilUsable(page);
  const { task: busy } = await read();
  return { context, page, read, busy };
}

/** Runs in the page before its own scripts. */
function noteMoments({ board, person }) {
  sessionStorage.setItem(`resa-seat-${board}`, person);
  const moments = { card: 0, usable: 0, saved: 0, frames: 0 };
  window.moments = moments;
  const realFrame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) => {
    moments.frames++;
    return realFrame(callback);
  };
  const watch = new MutationObserver(() => {
    if (document.querySelector('[data-card]')) {
      watch.disconnect();
      moments.card = performance.now();
      // A message posted in a frame arrives after that frame is painted.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => (moments.usable = performance.now());
      realFrame(() => port2.postMessage(null));
      untilSaved();
    }
  });
  watch.observe(document, { childList: true, subtree: true });

  function untilSaved() {
    if (document.querySelector('[data-light="saved"]')) moments.saved = performance.now();
    else setTimeout(untilSaved, 5);
  }
}

/** Opens a page with this many cards as plain text, and no script: the browser's cost for any page. */
async function openBarePage(browser, url, count) {
  const context = await browser.newContext({ viewport, locale: 'en-GB' });
  const page = await context.newPage();
  const cards = Array.from(
    { length: count },
    (_, i) => `<p data-card>Card ${i}, waiting for the next train</p>`,
  );
  const html = `<!doctype html><title>Bare</title><i data-light="saved"></i><div>${cards.join('')}</div>`;
  await page.route('**/bare', (route) => route.fulfill({ contentType: 'text/html', body: html }));
  await page.addInitScript(noteMoments, { board: '', person: '' });
  await page.goto(`${url}/bare`, { waitUntil: 'commit' });
  await untilUsable(page);
  return { context, page };
}

function untilUsable(page) {
  const isThere = () => window.moments?.usable && window.moments.saved;
  return page.waitForFunction(isThere, null, { polling: 50, timeout: 30_000 });
}

/** Times bare pages, to compare with the boards. */
export async function barePages(browser, url, count, rounds) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const { context, page } = await openBarePage(browser, url, count);
    times.push(await page.evaluate(() => window.moments.usable));
    await context.close();
  }
  return times;
}

/** Opens the boards one after the other, `rounds` times. @returns the measurements of all rounds, for each board */
export async function coldPages(browser, url, links, rounds) {
  const results = links.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, link] of links.entries()) {
      const { context, page, busy } = await openPage(browser, url, link, `Cold ${round}`);
      const seen = await page.evaluate(() => ({
        ...window.moments,
        cards: document.querySelectorAll('[data-card]').length,
        scripts: performance
          .getEntriesByType('resource')
          .filter(
            ({ name, responseEnd }) =>
              new URL(name).pathname.endsWith('.js') && responseEnd <= window.moments.usable,
          )
          .map(({ name }) => new URL(name).pathname),
        first: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
      }));
      results[index].push({ ...seen, busy, scriptBytes: await gzipBytes(seen.scripts) });
      await context.close();
    }
  }
  return results;
}

/** The bytes of these scripts as stored for clients that accept gzip. */
async function gzipBytes(paths) {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(`${client}${path}.gz`)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** @returns a function that reads the page's counters, in ms */
export async function counters(page) {
  const session = await page.context().newCDPSession(page);
  // By CPU time of the thread, so that other programs on the machine do not count.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name) => (metrics.find((one) => one.name === name)?.value ?? NaN) * 1000;
    return {
      script: of('ScriptDuration'),
      layout: of('LayoutDuration'),
      style: of('RecalcStyleDuration'),
      task: of('TaskDuration'),
    };
  };
}

export const difference = (after, before) =>
  Object.fromEntries(Object.keys(after).map((key) => [key, after[key] - before[key]]));

/** Time for idle work of the page, such as loading ahead. */
const settleMs = 2_000;
/** Time between two moves by another person: faster than real people, slow enough that each arrives separately. */
const betweenMs = 12;
/** Time after the last move is on disk: by then it has been sent, and takes a frame to draw. */
const drawnMs = 400;

/**
 * The cost of a move by another person on the boards, in alternating blocks. @returns the costs per move for each
 * board, in ms
 */
export async function remoteMoves(browser, url, boards, { blocks, moves }) {
  const open = [];
  for (const { links, ana } of boards) {
    const { context, page, read } = await openPage(browser, url, links.observer, 'Olle');
    open.push({ context, page, ana, move: mover(ana.doc), read, costs: [] });
  }
  await pause(settleMs);
  // The first block is a warm-up, and not counted.
  for (let block = -1; block < blocks; block++) {
    for (const { ana, move, read, costs } of open) {
      const before = await read();
      const count = block < 0 ? moves / 2 : moves;
      for (let i = 0; i < count; i++) {
        move();
        await pause(betweenMs);
      }
      await ana.saved();
      await pause(drawnMs);
      const spent = difference(await read(), before);
      if (block >= 0)
        costs.push(Object.fromEntries(Object.entries(spent).map(([key, ms]) => [key, ms / moves])));
    }
  }
  for (const { context, page, ana } of open) {
    await mustAgree(page, ana.doc);
    await context.close();
  }
  return open.map(({ costs }) => costs);
}

/**
 * Checks that every card on the page is in its cell of the document, and shown once. Builds that `--beside` compares
 * may name the attribute of a focus target `data-spot`.
 */
export async function mustAgree(page, doc) {
  const shown = await page.evaluate(() =>
    [...document.querySelectorAll('[data-card]')].map((card) => {
      const cell = card.closest('[data-focus-key], [data-spot]');
      return [card.dataset.card, cell?.dataset.focusKey ?? cell?.dataset.spot];
    }),
  );
  if (shown.length === 0) throw new Error('The page shows no card.');
  if (new Set(shown.map(([id]) => id)).size !== shown.length) throw new Error('The page shows a card twice.');
  for (const [id, key] of shown) {
    const { lane, phase, step } = doc.getMap('cards').get(id).get('place');
    const expected = `cell:${lane}/${phase}/${step ?? ''}`;
    if (key !== expected)
      throw new Error(`The page shows ${id} in ${key}; the document has it in ${expected}.`);
  }
}

/**
 * What a step of a drag costs: a card is taken and moved over the map, a step a frame, and put down outside of it.
 * @returns for each run, ms of the page's main thread a step and frames a second
 */
export async function dragSteps(browser, url, links, { runs, steps }) {
  const { context, page, read } = await openPage(browser, url, links.participant, 'Ana');
  await pause(settleMs);
  const box = await page.locator('[data-card]').first().boundingBox();
  const results = [];
  // The first run warms up the engine, and is not counted.
  for (let run = -1; run < runs; run++) {
    await page.mouse.move(box.x + 20, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + 30, box.y + 20);
    await pause(100);
    await page.evaluate(countFrames);
    const before = await read();
    const began = performance.now();
    for (let step = 0; step < steps; step++) {
      const turn = (step / steps) * 2 * Math.PI;
      await page.mouse.move(box.x + 330 - 300 * Math.cos(turn), box.y + 200 + 180 * Math.sin(turn));
    }
    const tookMs = performance.now() - began;
    const spent = difference(await read(), before);
    const frames = await page.evaluate(() => {
      window.isCounting = false;
      return window.drawnFrames;
    });
    await page.keyboard.press('Escape');
    await page.mouse.up();
    if (run >= 0) results.push({ task: spent.task / steps, frames: (frames / tookMs) * 1000 });
  }
  await context.close();
  return results;
}

/** Runs in the page: counts the frames that it draws. */
export function countFrames() {
  window.drawnFrames = 0;
  window.isCounting = true;
  const next = () => {
    window.drawnFrames++;
    if (window.isCounting) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}

/** What a page does in a while in which nobody does anything, with another person on the board. */
export async function atRest(browser, url, links, forMs) {
  const other = await Peer.join(url, links.participant, 'Ben');
  const { context, page, read } = await openPage(browser, url, links.participant, 'Ana');
  await pause(settleMs * 2);
  const frames = () => page.evaluate(() => window.moments.frames);
  const framesBefore = await frames();
  const before = await read();
  await pause(forMs);
  const spent = difference(await read(), before);
  const asked = (await frames()) - framesBefore;
  await context.close();
  await other.close();
  return { ...spent, frames: asked };
}
