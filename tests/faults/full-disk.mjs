// Loaded into the server before it (`node --import`): its disk is full for as long as a certain file is there.
import fs, { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const flag = process.env.FULL_DISK_FLAG;
const handle = await open(process.execPath, 'r');
const fileHandle = Object.getPrototypeOf(handle);
await handle.close();

const full = () =>
  Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28 });

for (const name of ['write', 'writev', 'writeFile', 'appendFile']) {
  const real = fileHandle[name];
  fileHandle[name] = function (...args) {
    return existsSync(flag) ? Promise.reject(full()) : real.apply(this, args);
  };
}

const realWrite = fs.write;
fs.write = (...args) => {
  if (existsSync(flag)) setImmediate(args.at(-1), full(), 0);
  else realWrite(...args);
};
syncBuiltinESMExports();
