// The other pages: built from tests/bench/peers/page, and served here with the socket of the second person, who keeps
// their boards.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { WebSocketServer } from 'ws';
import { temporaryFolder } from '../server.mjs';
import { plainCards } from './plan.mjs';

const folder = fileURLToPath(new URL('../peers/page', import.meta.url));
const packageOf = (name) => join(folder, 'node_modules', name);

/** The element with the first card, or null where a canvas draws it. */
const firstCards = { tldraw: '.tl-shape', excalidraw: null, bare: '[data-card]' };
export const otherNames = Object.keys(firstCards);

/** What the peers load at run time, from our server instead of another one. */
const assets = {
  '/tldraw-assets/': packageOf('@tldraw/assets'),
  '/excalidraw-assets/': packageOf('@excalidraw/excalidraw/dist/prod'),
};

/** Installs the peers in their own folder if they are missing: exactly what the lock file there names. */
function installPeers() {
  if (existsSync(packageOf('tldraw')) && existsSync(packageOf('@excalidraw/excalidraw'))) return;
  console.log('Installing tldraw and Excalidraw into tests/bench/peers/page.');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' });
  if (status !== 0)
    throw new Error(
      'tldraw and Excalidraw could not be installed. `--only=resa,bare` measures without them.',
    );
}

/** @returns the folder with the built pages */
async function buildPages(names) {
  const built = await temporaryFolder();
  await build({
    configFile: false,
    root: folder,
    publicDir: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.IS_PREACT': '"false"' },
    build: {
      outDir: built,
      emptyOutDir: true,
      target: 'es2023',
      modulePreload: { polyfill: false },
      rolldownOptions: { input: names.map((name) => join(folder, `${name}.html`)) },
    },
  });
  return built;
}

/** @returns boards by the name of a page and our document with the cards */
export async function startOthers(names) {
  if (names.some((name) => name !== 'bare')) installPeers();
  const built = names.length > 0 ? await buildPages(names) : null;
  const boards = new Map();
  const server = createServer((request, response) => void serve(request, response, built));
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket, request) => boards.get(request.url.slice(1)).join(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    board(name, doc) {
      const key = `${name}-${doc.getMap('cards').size}`;
      if (!boards.has(key)) boards.set(key, new Board(plainCards(doc)));
      return { doc, ...furnish(boards.get(key), `${url}/${name}.html?${key}`, firstCards[name]) };
    },
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The second person's state of a board. */
class Board {
  cards;
  #sockets = new Set();

  constructor(cards) {
    this.cards = new Map(cards.map((card) => [card.id, card]));
  }

  join(socket) {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('message', (data) => {
      for (const card of JSON.parse(data).cards) this.#take(card);
    });
    socket.send(JSON.stringify({ load: [...this.cards.values()] }));
  }

  change(cards) {
    for (const card of cards) this.#take(card);
    for (const socket of this.#sockets) socket.send(JSON.stringify({ change: cards }));
  }

  #take(card) {
    Object.assign(this.cards.get(card.id), card);
  }
}

function furnish(board, url, firstCard) {
  return {
    prepare: () => url,
    firstCard,
    initPage: () => undefined,
    move: (moves) => board.change(moves.map(({ id, x, y }) => ({ id, x, y }))),
    arrived: () => undefined,
    textAt: (id) => board.cards.get(id).text,
    agrees: (page) => mustShow(page, [...board.cards.values()]),
  };
}

/** Checks that the page shows each card of the first view at its place of the board. */
async function mustShow(page, cards) {
  const { width, height } = page.viewportSize();
  const inView = cards.filter(({ x, y }) => x + 152 < width && y + 80 < height);
  const boxes = await page.evaluate(
    (ids) => ids.map((id) => window.bench.box(id)),
    inView.map(({ id }) => id),
  );
  for (const [index, { id, x, y }] of inView.entries()) {
    const box = boxes[index];
    if (!box) throw new Error(`The page does not show ${id}.`);
    if (Math.hypot(box.x - x, box.y - y) > 3)
      throw new Error(`The page shows ${id} at ${box.x}, ${box.y}; the board has it at ${x}, ${y}.`);
  }
}

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

async function serve({ url }, response, built) {
  const path = normalize(new URL(url, 'http://localhost').pathname);
  const asset = Object.keys(assets).find((prefix) => path.startsWith(prefix));
  const file = asset ? join(assets[asset], path.slice(asset.length)) : join(built, path);
  try {
    const bytes = await readFile(file);
    response
      .writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' })
      .end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}
