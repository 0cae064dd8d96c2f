// People at work in rooms: each moves a card of their own now and then, and a pointer all the time. What they send is
// built before the measurement. Everyone counts what arrives; only a few (`witnesses`) read it.
import { randomInt } from 'node:crypto';
import * as Y from 'yjs';
import { cellsOf } from '../boards.mjs';
import { acknowledge } from './acknowledgements.mjs';
import { joinRoom } from './person.mjs';
import { each } from './rooms.mjs';
import { sync, syncFrame } from './wire.mjs';

/**
 * Fills rooms with people. `kinds` lists those of each room: `{role, edits, moves}`, in edits and pointer moves per
 * second.
 * @param seconds how long their prepared edits must last
 * @param witnesses how many people read everything that arrives; the returned `watch` adds more
 * @param hear called with each person and their messages, if all must be heard
 */
export async function gather(system, rooms, { kinds, seconds, witnesses, hear = null }) {
  const { pointers } = system;
  const crowd = { people: [], rooms: [], pointers };
  const joined = await each(rooms, async (room) => {
    const roles = [...new Set(kinds.map(({ role }) => role))];
    const memberships = new Map();
    for (const role of roles)
      memberships.set(role, await room.memberships(kinds.filter((one) => one.role === role).length, role));
    return kinds.map((one) => ({ ...one, membership: memberships.get(one.role).shift() }));
  });
  for (const [index, members] of joined.entries()) {
    const people = members.map((one) => newPerson(one, index, seconds));
    crowd.rooms.push(people);
    crowd.people.push(...people);
  }
  const vectors = new Map();
  const vectorOf = ({ state }) => {
    if (!vectors.has(state)) vectors.set(state, Y.encodeStateVectorFromUpdate(state));
    return vectors.get(state);
  };
  await each(crowd.people, async (person) => {
    const has = vectorOf(rooms[person.room]);
    const listen = hear && ((message) => hear(person, message));
    const { socket, frame } = await joinRoom(system.port, person.membership, { has, hear: listen });
    Object.assign(person, { socket, frame });
    socket.onClose = () => (person.wasClosed = true);
  });
  for (const room of rooms) room.release();
  for (const [index, people] of crowd.rooms.entries()) prepare(rooms[index].state, people, seconds);
  plans.clear();
  crowd.witnesses = [];
  crowd.watch = (who) => {
    for (const person of who) watch(crowd.rooms[person.room], person, pointers);
    crowd.witnesses.push(...who);
  };
  crowd.watch(chosen(crowd.rooms, witnesses));
  return crowd;
}

function newPerson({ role, edits, moves, membership }, room, seconds) {
  return {
    role,
    room,
    membership,
    edits,
    moves,
    client: 0,
    card: null,
    places: [],
    /** When each edit was written to the socket, by number; 0 if not yet. */
    editSent: new Float64Array(Math.ceil(edits * seconds) + 2),
    moveSent: new Float64Array(Math.ceil(moves * seconds) + 2),
    frames: [],
    /** True if this person sends updates that witnesses cannot match by clock. */
    isUnwatched: false,
    editsOut: 0,
    acknowledged: 0,
    /** When each edit was acknowledged, if the system tells this person. */
    editSaved: new Float64Array(Math.ceil(edits * seconds) + 2),
    movesOut: 0,
    lastPlace: null,
    wasClosed: false,
    witness: null,
  };
}

/** What people do on a board, by its state: rooms with the same bytes can get the same edits. */
const plans = new Map();

/** Prepares what everyone in a room will send. */
function prepare(state, people, seconds) {
  if (!plans.has(state)) plans.set(state, planned(state, people, seconds));
  for (const [index, plan] of plans.get(state).entries()) {
    const person = people[index];
    const { updates, ...rest } = plan;
    Object.assign(person, rest);
    person.frames = updates.map((update) => person.frame(syncFrame(sync.update, update)));
  }
}

/**
 * Makes the updates of everyone in a room. Each person moves one card of their own, so updates do not depend on others,
 * and each card's last place is known.
 */
function planned(state, people, seconds) {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state);
  const cards = [...doc.getMap('cards').keys()];
  const cells = cellsOf(doc);
  const plans = [];
  let update = null;
  doc.on('update', (bytes) => (update = bytes));
  for (const [index, { edits }] of people.entries()) {
    const plan = { client: randomInt(1, 2 ** 32), card: cards[index], places: [], updates: [] };
    plans.push(plan);
    if (edits === 0) continue;
    if (plan.card === undefined) throw new Error('There are more people than cards.');
    doc.clientID = plan.client;
    for (let i = 0; i < Math.ceil(edits * seconds) + 1; i++) {
      const place = {
        ...cells[(index + i * 7) % cells.length],
        order: `a${(index * 1000 + i).toString(36)}V`,
      };
      doc.getMap('cards').get(plan.card).set('place', place);
      plan.places.push(place.order);
      plan.updates.push(update);
    }
  }
  doc.destroy();
  return plans;
}

/** Picks witnesses across the rooms, and within a room across its people, including those who write. */
function chosen(rooms, count) {
  if (rooms.length > 1 && rooms.length >= count)
    return Array.from({ length: count }, (_, i) => {
      const people = rooms[Math.floor((i * rooms.length) / count)];
      return people[i % people.length];
    });
  const [people] = rooms;
  const most = Math.min(count, people.length);
  return Array.from(
    { length: most },
    (_, i) => people[people.length - 1 - Math.floor((i * people.length) / most)],
  );
}

/** Makes a person read everything that arrives, and record when it came. */
function watch(people, who, pointers) {
  const byClient = new Map(people.filter((one) => one !== who).map((one) => [one.client, one]));
  const witness = {
    others: [...byClient.values()],
    editCame: new Map([...byClient.values()].map((one) => [one, new Float64Array(one.editSent.length)])),
    moveCame: new Map([...byClient.values()].map((one) => [one, new Float64Array(one.moveSent.length)])),
    moveKnown: new Map(),
    entries: 0,
  };
  const hearUpdate = (body, now) => {
    for (const { id, length } of Y.decodeUpdate(body).structs) {
      const from = byClient.get(id.client);
      if (!from || from.isUnwatched) continue;
      const came = witness.editCame.get(from);
      for (let clock = id.clock; clock < id.clock + length; clock++) came[clock] ||= now;
    }
  };
  const receivePointer = (client, clock, now) => {
    const from = byClient.get(client);
    if (!from || from.movesOut < clock) return;
    const known = witness.moveKnown.get(from) ?? 0;
    if (clock <= known) return;
    witness.entries++;
    const came = witness.moveCame.get(from);
    // A newer position makes earlier ones obsolete.
    for (let at = known + 1; at <= clock; at++) came[at] = now;
    witness.moveKnown.set(from, clock);
  };
  who.witness = witness;
  who.socket.onMessage = (payload) => {
    const now = performance.now();
    const message = who.membership.dialect.read(payload);
    if (message.says === 'update' || message.says === 'step2') hearUpdate(message.body, now);
    else if (message.says === 'saved') acknowledge(who, message, now);
    else pointers.read(message, (client, clock) => receivePointer(client, clock, now));
  };
}

/**
 * Everyone sends their position once, so that all are present before the measurement. Moves count from 1, as presence
 * clocks do.
 */
export function appear({ people, pointers }, evenSilent = false) {
  for (const person of people) {
    if (person.moves === 0 && !evenSilent) continue;
    if (pointers.hello) person.socket.write(person.frame(pointers.hello(person.client)));
    move(person, pointers);
  }
}

function move(person, pointers) {
  const number = ++person.movesOut;
  person.moveSent[number] = performance.now();
  person.socket.write(person.frame(pointers.frame(person.client, number)));
}

function edit(person) {
  const number = person.editsOut++;
  person.editSent[number] = performance.now();
  person.lastPlace = person.places[number];
  person.socket.write(person.frames[number]);
}

/**
 * Lets everyone work for this long, or until `isOver`, each at a rhythm of their own. Resolves when the last one has
 * sent.
 */
export function work({ people, pointers }, seconds, isOver = () => false) {
  const due = [];
  for (const person of people) {
    const plan = (perSecond, act) => {
      if (perSecond === 0) return;
      const step = 1000 / perSecond;
      for (let at = Math.random() * step; at < seconds * 1000; at += step) due.push({ at, act });
    };
    plan(person.edits, () => edit(person));
    plan(person.moves, () => move(person, pointers));
  }
  due.sort((a, b) => a.at - b.at);
  const began = performance.now();
  let next = 0;
  return new Promise((resolve) => {
    const step = () => {
      const now = performance.now() - began;
      while (next < due.length && due[next].at <= now) due[next++].act();
      if (next >= due.length || isOver()) resolve();
      else setTimeout(step, Math.max(1, due[next].at - (performance.now() - began)));
    };
    step();
  });
}

/** Waits until the witnesses have every edit, or the time is up. @returns the ms that it took */
export async function drained({ witnesses }, mostMs = 10_000) {
  const began = performance.now();
  while (performance.now() - began < mostMs) {
    if (missingEdits(witnesses) === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - began;
}

function missingEdits(witnesses) {
  let missing = 0;
  for (const { witness } of witnesses)
    for (const one of witness.others.filter(({ isUnwatched }) => !isUnwatched))
      for (let i = 0; i < one.editsOut; i++) if (witness.editCame.get(one)[i] === 0) missing++;
  return missing;
}

/** What the witnesses received of everything sent between two times, and what reached them between those times. */
export function testimony({ witnesses }, from, to) {
  const sum = {
    editMs: [],
    moveMs: [],
    editsDue: 0,
    movesDue: 0,
    editsCame: 0,
    movesCame: 0,
    cameInWindow: 0,
  };
  for (const { witness } of witnesses)
    for (const one of witness.others.filter(({ isUnwatched }) => !isUnwatched)) {
      read(one.editSent, witness.editCame.get(one), 'edit');
      read(one.moveSent, witness.moveCame.get(one), 'move');
    }
  return sum;

  function read(sent, came, what) {
    for (let i = 0; i < sent.length; i++) {
      if (sent[i] === 0) continue;
      if (came[i] >= from && came[i] < to) sum.cameInWindow++;
      if (sent[i] < from || sent[i] >= to) continue;
      sum[`${what}sDue`]++;
      if (came[i] === 0) continue;
      sum[`${what}sCame`]++;
      sum[`${what}Ms`].push(came[i] - sent[i]);
    }
  }
}

/** People whose last edit a newcomer does not get. */
export function disagreeing(people, doc) {
  const cards = doc.getMap('cards');
  return people.filter(
    ({ card, lastPlace }) => lastPlace && cards.get(card)?.get('place')?.order !== lastPlace,
  );
}

export function leave({ people }) {
  for (const { socket } of people) {
    socket.onClose = null;
    socket.close();
  }
}
