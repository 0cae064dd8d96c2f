// A person with one socket, as light as possible: without a document.
import * as Y from 'yjs';
import { LightSocket } from './light-socket.mjs';
import { clientFrame, nothing, sync, syncFrame } from './wire.mjs';

/** No server takes longer than this to answer a person who joins a quiet room. */
const mostMs = 20_000;

/**
 * Joins a room as a stock client does: sends its state vector, answers the server's question, waits for the state.
 * @param has a state vector that this person claims to have, so that the server sends little
 * @param brings a whole state with which this person answers the server's question
 * @param reads whether the person keeps reading; if not, incoming messages are only counted
 */
export async function joinRoom(
  port,
  membership,
  { has = null, brings = nothing, reads = false, hear = null } = {},
) {
  const { dialect } = membership;
  const vector = has ?? Y.encodeStateVector(new Y.Doc());
  let stateBytes = 0;
  let settle;
  const synced = new Promise((resolve, reject) => (settle = { resolve, reject }));
  const onMessage = (payload, from) => {
    const message = dialect.read(payload);
    if (message.says === 'step1') from.send(dialect.wrap(syncFrame(sync.step2, brings)));
    else if (message.says === 'step2') {
      stateBytes = message.body.length;
      settle.resolve();
    }
    hear?.(message);
  };
  const socket = await LightSocket.open({
    port,
    path: membership.path,
    protocol: membership.protocol,
    onMessage,
  });
  socket.onClose = () => settle.reject(new Error(`A person was sent away with ${socket.closeCode}.`));
  for (const frame of dialect.greeting()) socket.send(dialect.wrap(frame));
  socket.send(dialect.wrap(syncFrame(sync.step1, vector)));
  const timer = setTimeout(() => settle.reject(new Error('A person got no state.')), mostMs);
  await synced.finally(() => clearTimeout(timer));
  // The relay asks nobody, and neither does a server whose room already has someone with the whole state.
  if (brings !== nothing) socket.send(dialect.wrap(syncFrame(sync.step2, brings)));
  socket.onClose = null;
  if (!reads && !hear) socket.onMessage = null;
  return {
    socket,
    stateBytes,
    /** Wraps bytes in a frame of this person, ready to write. */
    frame: (bytes) => clientFrame(dialect.wrap(bytes)),
    close: () => socket.close(),
  };
}

/** Joins as a new person who reads everything. @returns their document, and a function to leave */
export async function joinWhole(port, membership) {
  const doc = new Y.Doc();
  const hear = ({ says, body }) => {
    if (says === 'step2' || says === 'update') Y.applyUpdate(doc, body);
  };
  const person = await joinRoom(port, membership, { hear });
  return { doc, close: () => person.close() };
}
