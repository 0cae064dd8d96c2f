import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, onTestFailed, test } from 'vitest';
import * as v from 'valibot';
import { agendaAnswerSchema, logLineSchema, sessionViewSchema } from '../../shared/session/view.ts';
import { Chance, seed } from './chance.ts';
import type { Joined, Made } from './invited.ts';
import { join as joinBoard, makeNewBoard } from './invited.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';

const moments = 12;

/** Fewer than one facilitator may send at once. */
const stepsEach = 10;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: ServerProcess;
let made: Made;

beforeEach(async () => {
  folder = await temporaryFolder();
  server = await ServerProcess.start({ folder: folder.path });
  made = await makeNewBoard(server.url);
});
afterEach(async () => {
  await server.kill();
  await folder.remove();
});

const item = (id: string) => ({
  id,
  step: 1,
  title: { en: id },
  instruction: {},
  minutes: 5,
  preset: 'open-work',
  change: {},
  view: null,
  atEnd: 'nothing',
});

async function send(who: Joined, method: string, path: string, body?: unknown, headers = {}) {
  return fetch(`${server.url}/api/boards/${made.board}${path}`, {
    method,
    headers: { authorization: `Bearer ${who.token}`, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/**
 * Step `n` of a leader who replaces the agenda by one with another item, starts that item, and so on. A new agenda stops
 * the item that it lacks.
 */
function step(who: Joined, n: number): Promise<Response> {
  const pair = Math.floor(n / 2);
  if (n % 2 === 0)
    return send(who, 'PUT', '/agenda', { items: [item(`i${pair}`)] }, { 'if-match': `"${pair}"` });
  return send(who, 'POST', '/session', { id: `command-${n}`, do: 'start', item: `i${pair}` });
}

/** What is read after the first `steps` steps. */
function stateAfter(steps: number) {
  const agenda = Math.ceil(steps / 2);
  const id = `i${agenda - 1}`;
  const isRunning = steps > 0 && steps % 2 === 0;
  return {
    version: steps,
    agenda: { version: agenda, items: steps === 0 ? [] : [id] },
    item: isRunning ? id : null,
    timer: isRunning ? 'running' : 'off',
    log: Array.from({ length: steps }, (_, n) =>
      n % 2 === 0 ? 'agenda' : `start i${(n - 1) / 2}`,
    ).reverse(),
  };
}

async function read(who: Joined) {
  const view = v.parse(sessionViewSchema, await (await send(who, 'GET', '/session')).json());
  const agenda = v.parse(agendaAnswerSchema, await (await send(who, 'GET', '/agenda')).json());
  const lines = v.object({ lines: v.array(logLineSchema) });
  const log = v.parse(lines, await (await send(who, 'GET', '/session/log')).json());
  const { version, item: running, timer } = view.session;
  return {
    version,
    agenda: { version: agenda.version, items: agenda.items.map(({ id }) => id) },
    item: running,
    timer: timer.state,
    log: log.lines.map(({ what, about }) => `${what} ${about}`.trim()),
  };
}

test(`kill -9 at ${moments} random moments: the session is that of the last answered step or of the one under way, whole`, async () => {
  onTestFailed(() => console.error(`SEED=${seed} runs this again`));
  let answered = 0;
  let underWay = 0;
  for (let moment = 1; moment <= moments; moment++) {
    const chance = new Chance(seed + moment);
    const leading = (async () => {
      for (;;) {
        const fay = await joinBoard(server.url, made.links.facilitator, 'Fay');
        for (let n = 0; n < stepsEach; n++) {
          const response = await step(fay, answered);
          expect(response.status, await response.text()).toBe(200);
          answered++;
        }
      }
    })().catch((error: unknown) => error);
    await pause(20 + chance.below(150));
    await server.kill();
    const failure = await leading;
    // Not an answer that a step should not get.
    expect(failure).toBeInstanceOf(TypeError);

    server = await ServerProcess.start({ folder: folder.path, port: server.port });
    const flo = await joinBoard(server.url, made.links.facilitator, 'Flo');
    const found = await read(flo);
    expect([answered, answered + 1], `moment ${moment}`).toContain(found.version);
    expect(found, `moment ${moment}`).toEqual(stateAfter(found.version));
    if (found.version > answered && found.version % 2 === 0) {
      // Its sender repeats the command, and gets the answer that was lost.
      const again = await step(flo, answered);
      expect(await again.json()).toEqual({ version: found.version });
      expect(await read(flo)).toEqual(stateAfter(found.version));
    }
    if (found.version > answered) underWay++;
    answered = found.version;
    expect(server.errors).toEqual([]);
  }
  expect(answered).toBeGreaterThan(moments);
  console.log(`${answered} steps, of which ${underWay} were on disk and not answered`);
});

test('a timer that fell due while the server was down ends when it starts, before anybody comes', async () => {
  const fay = await joinBoard(server.url, made.links.facilitator, 'Fay');
  const command = { id: 'command-timer', do: 'timer-start', minutes: 5 };
  expect((await send(fay, 'POST', '/session', command)).status).toBe(200);
  await server.kill();
  const file = join(folder.path, 'boards', made.board, 'session.json');
  const stored = v.looseObject({ session: v.looseObject({ version: v.number(), timer: v.unknown() }) });
  const readStored = async () => v.parse(stored, JSON.parse(await readFile(file, 'utf8')));
  const { session, ...rest } = await readStored();
  const endsAt = Date.now() - 60_000;
  const due = { ...session, timer: { state: 'running', endsAt } };
  await writeFile(file, JSON.stringify({ ...rest, session: due }));
  server = await ServerProcess.start({ folder: folder.path, port: server.port });
  await expect
    .poll(async () => (await readStored()).session, { timeout: 30_000 })
    .toMatchObject({ version: session.version + 1, timer: { state: 'over', at: endsAt } });
  expect(server.errors).toEqual([]);
});
