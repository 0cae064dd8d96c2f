// Rooms to measure: boards made over HTTP, or rooms of other servers with the same documents.
import { letAllChange } from '../let-all-change.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as Y from 'yjs';
import { cellsOf, makeBoard, sizes } from '../boards.mjs';
import { Peer, post } from '../peer.mjs';
import * as dialects from './dialects.mjs';
import { joinRoom } from './person.mjs';

/** Requests in flight while a server is prepared, which is not measured. */
const atOnce = 16;

/** Runs a task for each item of a list, some at once. @returns the results, in order */
export async function each(list, task, most = atOnce) {
  const results = new Array(list.length);
  let next = 0;
  const work = async () => {
    for (let i = next++; i < list.length; i = next++) results[i] = await task(list[i], i);
  };
  await Promise.all(Array.from({ length: Math.min(most, list.length) }, work));
  return results;
}

/**
 * Boards of a Resa server. Each room has its `state`, `memberships`, which returns connection details for a number of
 * people in a role, and `release`, to be called when they are in.
 * @param of a number of cards (boards.mjs), `small`, or the name of a template
 */
export const boardRooms = (url, protocol) => async (count, of) =>
  each(Array.from({ length: count }), async (_, index) => {
    const { links, state } = await makeRoom(url, of, index);
    const memberships = (people, role = 'participant') =>
      each(Array.from({ length: people }), async (__, i) => {
        const { board, token } = await post(`${url}/api/join`, {
          link: links[role],
          name: `Person ${i + 1}`,
        });
        return { path: `/sync/${board}/board?token=${token}`, protocol, dialect: dialects.yjs };
      });
    return { state, memberships, release: () => undefined };
  });

async function makeRoom(url, of, index) {
  const { links, ana } = of in sizes ? await makeBoard(url, of) : await makeSmallBoard(url, of, index);
  await ana.saved();
  const state = Y.encodeStateAsUpdate(ana.doc);
  await ana.close();
  return { links, state };
}

/** Cards of a small board: one for each person who moves one. */
const smallCards = 8;

/** A board as a template makes it; `small` is a map with a few cards. */
async function makeSmallBoard(url, of, index) {
  const template = of === 'small' ? 'journey' : of;
  const { links } = await post(`${url}/api/boards`, { title: `Board ${index + 1}`, template });
  await letAllChange(url, links);
  const ana = await Peer.join(url, links.facilitator, 'Ana');
  if (of === 'small') addCards(ana.doc);
  return { links, ana };
}

function addCards(doc) {
  const cells = cellsOf(doc);
  doc.transact(() => {
    for (let i = 0; i < smallCards; i++) {
      const fields = {
        text: new Y.Text(`Card ${i + 1}, waiting for the next train`),
        personas: new Y.Map(),
        place: { ...cells[i % cells.length], order: `a${i}` },
      };
      doc.getMap('cards').set(`card${i}`, new Y.Map(Object.entries(fields)));
    }
  });
}

/** Rooms of a server that takes any name and any document: each gets the state of a Resa board. */
export const handRooms = (port, room) => async (count, of) =>
  each(Array.from({ length: count }), async (_, index) => {
    const { path, dialect } = room(`room${index + 1}`);
    const membership = () => ({ path, protocol: null, dialect: dialect() });
    // Some servers drop an empty room at once, so the person who brought the document stays until others have joined.
    const bringer = await joinRoom(port, membership(), { brings: stateOf(of) });
    await holds(port, membership, stateOf(of));
    return {
      state: stateOf(of),
      memberships: (people) => Array.from({ length: people }, membership),
      release: () => bringer.close(),
    };
  });

const states = new Map();

/** The folder with board states for other servers; set by the process that starts a measurement. */
const statesFolder = process.env.BENCH_STATES ?? '';
const fileOf = (of) => join(statesFolder, `${of}.state`);

function stateOf(of) {
  if (!states.has(of)) states.set(of, readFileSync(fileOf(of)));
  return states.get(of);
}

/** Makes a board on a Resa server, and stores its state for the other servers. */
export async function noteState(url, of) {
  const { state } = await makeRoom(url, of, 0);
  writeFileSync(fileOf(of), state);
}

/** Waits until newcomers to a room get the whole document. */
async function holds(port, membership, state) {
  for (let tries = 0; tries < 200; tries++) {
    const late = await joinRoom(port, membership(), { reads: true });
    const has = late.stateBytes >= state.length * 0.9;
    late.close();
    if (has) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('The server does not keep the document that it was given.');
}
