// Drives a page, and reads what that takes: the same for ours and for each other page.
import { setTimeout as pause } from 'node:timers/promises';
import { countFrames, counters, difference } from '../page.mjs';

const viewport = { width: 1440, height: 900 };
/** Time until usable at most, on a busy machine. */
const usableMs = 300_000;
/** Time for what a page does after it is usable, such as loading ahead. */
const settleMs = 2_000;
/** Time between two actions: each gets a frame of its own, also where a frame takes 50 ms. */
const betweenMs = 60;
const betweenBatchesMs = 200;
/** Time for drawing the last of a block. */
const drawnMs = 300;
/** Time until a page shows what it should, at most, on a busy machine. */
const agreedMs = 15_000;
/** Time between two movements of the pointer or the wheel: 60 a second. */
const stepMs = 1000 / 60;
/** Distance of a wheel's step. 120 of them leave the first view, and do not reach an end of the smaller board. */
const wheel = { x: 20, y: 16 };
const letters = 'the next train leaves from another platform ';

/**
 * Opens a board in a fresh context: no cache, no storage. It fails if the page asks for anything from another machine.
 * @returns the page, its counters, and what loading took: `usable`, the time until the frame with the first card is
 * painted, and `busy`, the main thread's part of it, in ms
 */
export async function openPage(browser, board) {
  const context = await browser.newContext({ viewport, locale: 'en-GB' });
  const strange = [];
  // Without interception, which would delay each request.
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.hostname !== '127.0.0.1') strange.push(url.href);
  });
  const url = await board.prepare(context);
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error));
  await page.addInitScript(noteFirstCard, board.firstCard);
  await page.addInitScript(board.initPage);
  const read = await counters(page);
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.usable, null, { polling: 50, timeout: usableMs });
  const { task: busy } = await read();
  const usable = await page.evaluate(() => window.usable);
  const close = async () => {
    await context.close();
    if (strange.length > 0) throw new Error(`The page asks another machine for ${strange[0]}.`);
    if (errors.length > 0) throw errors[0];
  };
  return { board, page, read, usable, busy, close };
}

/** Runs in the page before its own scripts. */
function noteFirstCard(selector) {
  const drawn = () => {
    // A message posted in a frame arrives after that frame is painted.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (window.usable = performance.now());
    requestAnimationFrame(() => port2.postMessage(null));
  };
  if (selector === null) {
    // Excalidraw draws each element onto a canvas of its own, and this onto the canvas that shows.
    const real = CanvasRenderingContext2D.prototype.drawImage;
    CanvasRenderingContext2D.prototype.drawImage = function (...given) {
      if (this.canvas.classList.contains('static')) {
        CanvasRenderingContext2D.prototype.drawImage = real;
        drawn();
      }
      return real.apply(this, given);
    };
    return;
  }
  const watch = new MutationObserver(() => {
    if (!document.querySelector(selector)) return;
    watch.disconnect();
    drawn();
  });
  watch.observe(document, { childList: true, subtree: true });
}

/** Memory in MB after a garbage collection, and elements, of a page that has come to rest. */
export async function sizeOf({ page }) {
  await pause(settleMs);
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  return { heap: usedSize / 1e6, elements };
}

/**
 * Each takes an open page and counts of actions. It returns ms of the page's main thread for one action, by counter, and
 * for some the frames a second.
 */
export const drives = {
  /** Another person moves a card within the first view. */
  async one({ board, page, read, plan }, { moves }) {
    const spent = await measure(read, async () => {
      for (let i = 0; i < moves; i++) {
        board.move(plan(1, 1));
        await pause(betweenMs);
      }
      await board.arrived();
      await pause(drawnMs);
    });
    await becomesSame(board, page);
    return { spent: each(spent, moves) };
  },

  /** Another person moves fifty cards at once, in or just below the view. */
  async fifty({ board, page, read, plan }, { batches }) {
    const spent = await measure(read, async () => {
      for (let i = 0; i < batches; i++) {
        board.move(plan(50, 2));
        await pause(betweenBatchesMs);
      }
      await board.arrived();
      await pause(drawnMs);
    });
    await becomesSame(board, page);
    return { spent: each(spent, batches) };
  },

  /** A person writes in a card; each block replaces the text of the last one. */
  async letter({ board, page, read, own }, { keys }) {
    const box = await boxOf(page, own.written);
    await page.mouse.click(box.x + 12, box.y + 12);
    await pause(drawnMs);
    await page.keyboard.press('Enter');
    await pause(drawnMs);
    await page.keyboard.press('ControlOrMeta+a');
    const text = letters.repeat(10).slice(0, keys).trim();
    // The first letter also deletes the former text.
    await page.keyboard.press(text[0]);
    await pause(drawnMs);
    const spent = await measure(read, async () => {
      for (const letter of text.slice(1)) {
        const began = performance.now();
        await page.keyboard.press(letter);
        await until(began + betweenMs);
      }
      await pause(drawnMs);
    });
    await becomes(
      page,
      'The page shows what was typed',
      (id) => window.bench.text(id),
      own.written,
      (shown) => shown.trim() === text,
    );
    await becomes(
      page,
      'The second person has what was typed',
      () => 0,
      null,
      () => board.textAt(own.written) === text,
    );
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await pause(drawnMs);
    return { spent: each(spent, text.length - 1) };
  },

  /** A person drags a card round the view, a step a frame, back to where it was. */
  async drag({ board, page, read, own }, { steps }) {
    const box = await boxOf(page, own.dragged);
    const [x, y] = [box.x + 20, box.y + 12];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 10, y + 5);
    await pause(drawnMs);
    const { spent, frames } = await measureFrames(page, read, async () => {
      for (let step = 0; step < steps; step++) {
        const turn = (step / steps) * 2 * Math.PI;
        await paced(page.mouse.move(x - 300 + 300 * Math.cos(turn), y + 150 * Math.sin(turn)));
      }
    });
    await page.mouse.move(x - 300, y + 50);
    const follows = (id) => (window.bench.dragged ?? window.bench.box)(id);
    // A card that is taken may be tilted.
    const isThere = (now) => near(now, { x: box.x - 300, y: box.y + 50 }, 20);
    await becomes(page, 'The card follows the pointer', follows, own.dragged, isThere);
    await page.mouse.move(x, y);
    await pause(drawnMs);
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await page.keyboard.press('Escape');
    await pause(drawnMs);
    await becomesSame(board, page);
    return { spent: each(spent, steps), frames };
  },

  /** A person turns the wheel, a step a frame, away from the first view and back. */
  async pan({ page, read, own }, { steps }) {
    const start = await boxOf(page, own.written);
    await page.mouse.move(700, 500);
    const half = Math.floor(steps / 2);
    const go = async (direction) => {
      for (let step = 0; step < half; step++)
        await paced(page.mouse.wheel(direction * wheel.x, direction * wheel.y));
    };
    const { spent, frames } = await measureFrames(page, read, async () => {
      await go(1);
      await go(-1);
    });
    const boxNow = (id) => window.bench.box(id);
    await becomes(page, 'The page is back where it was', boxNow, own.written, (now) => near(now, start));
    await go(1);
    const isAway = (now) => !now || near(now, { x: start.x - half * wheel.x, y: start.y - half * wheel.y });
    await becomes(page, 'The page moves by what the wheel says', boxNow, own.written, isAway);
    await go(-1);
    await becomes(page, 'The page is back where it was', boxNow, own.written, (now) => near(now, start));
    return { spent: each(spent, 2 * half), frames };
  },

  /** Nobody does anything: ms in 10 s. */
  async rest({ read }, { restMs }) {
    const spent = await measure(read, () => pause(restMs));
    return { spent: each(spent, restMs / 10_000) };
  },
};

const each = (spent, actions) =>
  Object.fromEntries(Object.entries(spent).map(([counter, ms]) => [counter, ms / actions]));

async function measure(read, act) {
  const before = await read();
  await act();
  return difference(await read(), before);
}

async function measureFrames(page, read, act) {
  await page.evaluate(countFrames);
  const began = performance.now();
  const spent = await measure(read, act);
  const tookMs = performance.now() - began;
  const frames = await page.evaluate(() => {
    window.isCounting = false;
    return window.drawnFrames;
  });
  return { spent, frames: (frames / tookMs) * 1000 };
}

/** Waits for an action, and for the next step's time. */
async function paced(action) {
  const began = performance.now();
  await action;
  await until(began + stepMs);
}

async function until(time) {
  const left = time - performance.now();
  if (left > 0) await pause(left);
}

async function boxOf(page, id) {
  const box = await page.evaluate((of) => window.bench.box(of), id);
  if (!box) throw new Error(`The page does not show ${id}.`);
  return box;
}

const near = (box, { x, y }, slackPx = 3) => box !== null && Math.hypot(box.x - x, box.y - y) <= slackPx;

/** Waits until a page shows what its board has; throws an error with the first difference if it does not come to that. */
export async function becomesSame(board, page) {
  const end = performance.now() + agreedMs;
  for (;;) {
    try {
      return await board.agrees(page);
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await pause(100);
  }
}

/** Waits until what the page says is as it should be; throws an error with the sentence if it does not become so. */
async function becomes(page, sentence, look, id, isSo) {
  const end = performance.now() + agreedMs;
  for (;;) {
    const seen = await page.evaluate(look, id);
    if (isSo(seen)) return;
    if (performance.now() > end) throw new Error(`${sentence}: no, ${JSON.stringify(seen)}.`);
    await pause(50);
  }
}
