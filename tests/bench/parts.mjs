// The parts of `npm run bench`, each with its own server. `figure` records the results.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { makeBoard } from './boards.mjs';
import { figure, median, quantile, reference } from './figures.mjs';
import { editLatency } from './latency.mjs';
import { atRest, barePages, coldPages, dragSteps, launchBrowser, remoteMoves } from './page.mjs';
import { post } from './peer.mjs';
import { startServer, temporaryFolder } from './server.mjs';
import { bareNodeTimes, fillJournal, makeManyBoards, startTimes } from './start.mjs';

export const parts = { edit: measureEdits, page: measurePages, start: measureStarts };

async function measureEdits() {
  const folder = await temporaryFolder();
  const { url, stop } = await startServer(folder);
  const { links, ana } = await makeBoard(url, 1000);
  const { served, relayed, disk } = await editLatency(url, links, folder, { blocks: 6, edits: 60 });
  figure(
    'edit between two people, p50',
    median(served),
    'ms',
    5,
    'sent to received, on disk before it is shown',
  );
  figure('edit between two people, p99', quantile(served, 0.99), 'ms');
  reference(
    'the same by a bare relay, p50',
    median(relayed),
    'ms',
    `p99 ${quantile(relayed, 0.99).toFixed(2)} ms`,
  );
  reference(
    'one write and fdatasync on this disk, p50',
    median(disk),
    'ms',
    `p99 ${quantile(disk, 0.99).toFixed(2)} ms`,
  );
  reference('server to relay', median(served) / median(relayed), 'x');
  reference('server to relay and disk', median(served) / (median(relayed) + median(disk)), 'x');
  await ana.close();
  await stop();
}

async function measurePages() {
  const { url, stop } = await startServer(await temporaryFolder());
  const demo = await post(`${url}/api/boards`, { title: 'A day with Lövtåg', template: 'demo' });
  const boards = [await makeBoard(url, 1000), await makeBoard(url, 5000)];
  const browser = await launchBrowser();
  console.log(`Chromium ${browser.version()}`);
  const cold = await coldPages(browser, url, [demo.links.participant, boards[0].links.participant], 5);
  for (const [index, name, target] of [
    [0, 'demo board', 600],
    [1, '1,000 cards', 700],
  ]) {
    const of = (key) => median(cold[index].map((one) => one[key]));
    const note = `${of('cards')} cards drawn; first paint ${of('first').toFixed(0)} ms; page at work ${of('busy').toFixed(0)} ms`;
    figure(`cold page to usable, ${name}`, of('usable'), 'ms', target, note);
  }
  const bare = await barePages(browser, url, 1000, 5);
  reference(
    'a bare page with 1,000 texts and no script',
    median(bare),
    'ms',
    'what the browser alone takes just now',
  );
  const scripts = cold[0][0];
  figure(
    'script before usable, gzip',
    scripts.scriptBytes / 1000,
    'KB',
    100,
    `${scripts.scripts.length} files`,
  );

  const [small, large] = await remoteMoves(browser, url, boards, { blocks: 2, moves: 200 });
  const of = (costs, key) => median(costs.map((one) => one[key]));
  figure('remote card move, script, 1,000 cards', of(small, 'script'), 'ms', 1.5);
  figure('remote card move, script, 5,000 cards', of(large, 'script'), 'ms', 1.5);
  figure('script, 5,000 to 1,000 cards', of(large, 'script') / of(small, 'script'), 'x', 1.25);
  for (const [costs, name] of [
    [small, '1,000 cards'],
    [large, '5,000 cards'],
  ]) {
    const parts = `style ${of(costs, 'style').toFixed(2)}, layout ${of(costs, 'layout').toFixed(2)} ms`;
    figure(
      `remote card move, style and layout, ${name}`,
      of(costs, 'style') + of(costs, 'layout'),
      'ms',
      null,
      parts,
    );
  }

  const drags = await dragSteps(browser, url, boards[0].links, { runs: 3, steps: 120 });
  const perDrag = (key) => median(drags.map((one) => one[key]));
  figure('drag step, all work of the page, 1,000 cards', perDrag('task'), 'ms', 4);
  reference(
    'frames a second while dragging',
    perDrag('frames'),
    '',
    'as fast as the program moves the pointer',
  );

  const rest = await atRest(browser, url, demo.links, 10_000);
  figure('at rest for 10 s, frames asked for', rest.frames, '', 0);
  figure('at rest for 10 s, script', rest.script, 'ms', 10, `all tasks ${rest.task.toFixed(1)} ms`);
  await browser.close();
  for (const { ana } of boards) await ana.close();
  await stop();
}

async function measureStarts() {
  const many = await temporaryFolder();
  await makeManyBoards(many, 1_000);
  const starts = await startTimes(many, await freePort(), 5);
  figure(
    'server start, 1,000 boards on disk',
    median(starts),
    'ms',
    1_000,
    `Node alone ${median(bareNodeTimes(5)).toFixed(0)} ms`,
  );

  const journal = await fillJournal(many);
  const hard = await startTimes(many, await freePort(), 3, 'kill');
  figure(
    'the same after kill -9 under load',
    median(hard),
    'ms',
    null,
    `${(journal / 2 ** 20).toFixed(1)} MiB of journal`,
  );
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
