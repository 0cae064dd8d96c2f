// Loaded into the server before it (`node --import`): its disk is full for as long as a certain file is there.
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';

const flag = process.env.FULL_DISK_FLAG;
const handle = await open(process.execPath, 'r');
const fileHandle = Object.getPrototypeOf(handle);
await handle.close();

for (const name of ['write', 'writev', 'writeFile', 'appendFile']) {
  const real = fileHandle[name];
  fileHandle[name] = function (...args) {
    if (!existsSync(flag)) return real.apply(this, args);
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      errno: -28,
    });
    return Promise.reject(error);
  };
}
