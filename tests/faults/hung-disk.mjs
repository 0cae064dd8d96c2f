// Loaded into the server before it (`node --import`): its disk does not answer any more once a certain file is there.
import fs, { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const flag = process.env.HUNG_DISK_FLAG;
const handle = await open(process.execPath, 'r');
const fileHandle = Object.getPrototypeOf(handle);
await handle.close();

for (const name of ['write', 'writev', 'writeFile', 'appendFile', 'sync', 'datasync']) {
  const real = fileHandle[name];
  fileHandle[name] = function (...args) {
    return existsSync(flag) ? new Promise(() => {}) : real.apply(this, args);
  };
}

for (const name of ['write', 'fdatasync', 'fsync']) {
  const real = fs[name];
  fs[name] = (...args) => {
    if (!existsSync(flag)) real(...args);
  };
}
syncBuiltinESMExports();
