// One reader stops reading, like a laptop that is closed, while others write a lot.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import * as Y from 'yjs';
import { quantile } from '../figures.mjs';
import { disagreeing, drained, gather, leave, testimony, work } from './crowd.mjs';
import { joinRoom, joinWhole } from './person.mjs';
import { memoryOf, watchMemory } from './process-stats.mjs';
import { sync, syncFrame } from './wire.mjs';

/** This many cards with texts of this length make one update; a text may have 4,000 characters. */
const heavy = { writers: 10, cards: 40, characters: 3_900, perSecond: 6 };
const quietSeconds = 5;

/** @param withheldBytes bytes written while the reader is stuck */
export async function stuckReader(system, { of, withheldBytes }) {
  const [room] = await system.rooms(1, of);
  const updateBytes = heavy.cards * heavy.characters;
  const stuckSeconds = Math.ceil(withheldBytes / (updateBytes * heavy.writers * heavy.perSecond));
  const editor = { role: 'participant', edits: 10, moves: 0 };
  const reader = { role: 'observer', edits: 0, moves: 0 };
  const writer = { role: 'participant', edits: heavy.perSecond, moves: 0 };
  const kinds = [reader, reader, editor, ...Array.from({ length: heavy.writers }, () => writer)];
  const seconds = quietSeconds + stuckSeconds + 2;
  const crowd = await gather(system, [room], { kinds, seconds, witnesses: 0 });
  crowd.watch(crowd.people.slice(0, 2));
  loadDown(room.state, crowd.people.slice(3), crowd.people[2].card);

  const memory = watchMemory(system.pid);
  let working = work(crowd, quietSeconds);
  await pause(1_000);
  const quiet = { from: performance.now() };
  await working;
  await drained(crowd);
  quiet.to = performance.now();
  await system.collect();
  quiet.settled = memoryOf(system.pid);
  quiet.highest = memory.highest();

  const [membership] = await room.memberships(1, 'observer');
  const { socket: stuck } = await joinRoom(system.port, membership, { reads: true });
  stuck.onMessage = null;
  await pause(200);
  stuck.pause();
  const readBefore = stuck.bytes;
  await system.profile();
  const bad = { from: performance.now() };
  working = work(crowd, stuckSeconds);
  await working;
  await drained(crowd);
  bad.to = performance.now();
  await system.profile();
  bad.highest = memory.highest();
  await system.collect();
  bad.settled = memoryOf(system.pid);
  memory.stop();

  stuck.resume();
  await pause(1_500);
  const seen = { quiet: testimony(crowd, quiet.from, quiet.to), bad: testimony(crowd, bad.from, bad.to) };
  const [lateMembership] = system.isFloor ? [null] : await room.memberships(1, 'observer');
  const late = lateMembership && (await joinWhole(system.port, lateMembership));
  const figures = {
    grownBytes: bad.settled - quiet.settled,
    grownAtMostBytes: bad.highest - quiet.highest,
    withheldBytes: stuckSeconds * heavy.writers * heavy.perSecond * updateBytes,
    readAfterBytes: stuck.bytes - readBefore,
    isCutOff: stuck.isClosed,
    editP99Before: quantile(seen.quiet.editMs, 0.99),
    editP99: quantile(seen.bad.editMs, 0.99),
    editsArrived: seen.bad.editsCame / seen.bad.editsDue,
    lost: late && disagreeing([crowd.people[2]], late.doc).length,
    closed: crowd.people.filter(({ wasClosed }) => wasClosed).length,
  };
  late?.close();
  stuck.close();
  leave(crowd);
  return figures;
}

/** Gives the writers updates other than moves: each rewrites all of its cards at once. */
function loadDown(state, writers, except) {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state);
  const cards = [...doc.getMap('cards').keys()].filter((id) => id !== except);
  let update = null;
  doc.on('update', (bytes) => (update = bytes));
  for (const [index, person] of writers.entries()) {
    const own = cards.slice(index * heavy.cards, (index + 1) * heavy.cards);
    doc.clientID = person.client;
    // Here a clock counts characters, so witnesses cannot match these updates by clock.
    person.isUnwatched = true;
    person.frames = person.frames.map(() => {
      doc.transact(() => {
        const words = randomBytes(heavy.characters / 2).toString('hex');
        for (const id of own) {
          const text = doc.getMap('cards').get(id).get('text');
          text.delete(0, text.length);
          text.insert(0, words);
        }
      });
      return person.frame(syncFrame(sync.update, update));
    });
  }
  doc.destroy();
}
