import { readFile, readdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

/** Writes a .br and a .gz file beside each text file of the page, so that the server never compresses. */
export function precompress(): Plugin {
  const brotli = promisify(brotliCompress);
  const zip = promisify(gzip);
  return {
    name: 'precompress',
    apply: 'build',
    applyToEnvironment: (environment) => environment.name === 'client',
    async writeBundle({ dir }) {
      if (!dir) return;
      for (const entry of await readdir(dir, { recursive: true })) {
        if (!/\.(js|css|html|svg|json)$/.test(entry)) continue;
        const bytes = await readFile(`${dir}/${entry}`);
        await writeFile(
          `${dir}/${entry}.br`,
          await brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
        );
        await writeFile(`${dir}/${entry}.gz`, await zip(bytes, { level: 9 }));
      }
    },
  };
}
