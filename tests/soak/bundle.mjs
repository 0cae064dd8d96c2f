// Node 20 does not run TypeScript, so programs that run as their own process are built first.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Builds an entry of this folder. @returns the path of the program */
export async function bundle(name) {
  const outDir = here(`../../node_modules/.cache/resa/soak-${process.pid}`);
  await build({
    configFile: false,
    logLevel: 'error',
    root: here('../..'),
    build: {
      ssr: here(`./${name}.ts`),
      outDir,
      emptyOutDir: false,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  });
  return `${outDir}/${name}.mjs`;
}
