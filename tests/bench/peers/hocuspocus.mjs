// Hocuspocus as its own documentation starts it; with SQLITE set, it stores in that file.
import { Server } from '@hocuspocus/server';

const { PORT, SQLITE } = process.env;
const extensions = [];
if (SQLITE) {
  const { SQLite } = await import('@hocuspocus/extension-sqlite');
  extensions.push(new SQLite({ database: SQLITE }));
}
const server = new Server({ port: Number(PORT), address: '127.0.0.1', quiet: true, extensions });
await server.listen();
console.log(`listening at ${PORT}`);
