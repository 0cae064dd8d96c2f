// The least that a server can do: forward each frame to the others. An edit costs at least this much on any server.
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    for (const other of server.clients) if (other !== socket) other.send(data);
  });
});
server.on('listening', () => console.log(`relay at ws://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
