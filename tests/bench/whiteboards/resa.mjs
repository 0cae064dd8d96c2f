// Ours, with the built server: the second person is a Yjs document on a socket.
import { makeBoard } from '../boards.mjs';
import { mustAgree } from '../page.mjs';
import { startServer, temporaryFolder } from '../server.mjs';
import { firstShown } from './plan.mjs';

/** @returns boards of a build, by their number of cards */
export async function startResa(build) {
  const { url, stop } = await startServer(await temporaryFolder(), 0, build);
  const boards = new Map();
  return {
    async board(count) {
      if (!boards.has(count)) boards.set(count, await makeBoard(url, count));
      return furnish(url, boards.get(count));
    },
    async stop() {
      for (const { ana } of boards.values()) await ana.close();
      await stop();
    },
  };
}

function furnish(url, { links, ana }) {
  const cards = ana.doc.getMap('cards');
  return {
    doc: ana.doc,
    /** Joins as on another day: the page has a membership, and nothing else stored. */
    async prepare(context) {
      const joined = await context.request.post(`${url}/api/join`, {
        data: { link: links.participant, name: 'Olle' },
      });
      const { board, person } = await joined.json();
      await context.addInitScript(rememberSeat, { board, person });
      return `${url}/b/${board}/map`;
    },
    firstCard: '[data-card]',
    initPage: lookAtCards,
    move(moves) {
      ana.doc.transact(() => {
        for (const { id, place } of moves)
          cards.get(id).set('place', { ...place, order: `a${Math.random().toString(36).slice(2, 6)}V` });
      });
    },
    arrived: () => ana.saved(),
    textAt: (id) => cards.get(id).get('text').toString(),
    /** Checks that the page shows the first cards, and each card that it shows in its cell. */
    async agrees(page) {
      await mustAgree(page, ana.doc);
      const ids = firstShown(ana.doc);
      const hidden = await page.evaluate((all) => all.find((id) => !window.bench.box(id)), ids);
      if (hidden) throw new Error(`The page does not show ${hidden}.`);
    },
  };
}

function rememberSeat({ board, person }) {
  sessionStorage.setItem(`resa-seat-${board}`, person);
}

/** Runs in the page, which knows nothing of the benchmark. */
function lookAtCards() {
  const find = (id) => document.querySelector(`[data-card="${id}"]`);
  window.bench = {
    box: (id) => find(id)?.getBoundingClientRect().toJSON() ?? null,
    dragged: () => document.querySelector('.ghost')?.getBoundingClientRect().toJSON() ?? null,
    text: (id) => (find(id)?.querySelector('textarea') ?? { value: find(id)?.textContent }).value,
  };
}
