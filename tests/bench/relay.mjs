// The least that a server can do: pass each frame on to the others. What an edit costs here, it costs anywhere.
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    for (const other of server.clients) if (other !== socket) other.send(data);
  });
});
server.on('listening', () => console.log(`relay at ws://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
