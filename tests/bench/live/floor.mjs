// The least that a room server can do, as a lower bound: it forwards frames, and knows no documents. With a tick
// (WINDOW_MS) it collects incoming frames, and writes to each person once: the same bytes to all.
import { WebSocketServer } from 'ws';
import { kind, nothing, serverFrame, sync, syncFrame } from './wire.mjs';

const windowMs = Number(process.env.WINDOW_MS ?? 0);
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: false,
  maxPayload: 1 << 30,
});

/** Rooms by path: their people, the pending frames, and the one stored state that everyone gets on request. */
const rooms = new Map();
const noState = syncFrame(sync.step2, nothing);

server.on('connection', (socket, request) => {
  const room = rooms.get(request.url) ?? { sockets: new Set(), due: [], timer: null, state: noState };
  rooms.set(request.url, room);
  room.sockets.add(socket);
  socket.on('close', () => room.sockets.delete(socket));
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    const isSync = data[0] === kind.sync;
    if (isSync && data[1] === sync.step1) socket.send(room.state);
    else if (isSync && data[1] === sync.step2) {
      if (data.length > room.state.length) room.state = data;
    } else if (windowMs > 0) gather(room, data);
    else for (const other of room.sockets) if (other !== socket) other.send(data);
  });
});

function gather(room, data) {
  room.due.push(serverFrame(data));
  room.timer ??= setTimeout(() => {
    const bytes = Buffer.concat(room.due);
    room.due = [];
    room.timer = null;
    for (const { _socket: tcp } of room.sockets) tcp.write(bytes);
  }, windowMs);
}

server.on('listening', () => console.log(`listening at ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
