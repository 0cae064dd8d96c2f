import type { Plugin } from 'vite';

/**
 * Writes `dist/server/main.js`, which starts the server. It is a script, not a module: the size of Node's thread pool
 * is fixed on first use, and loading a module uses the pool. The default of four threads can all be busy with files and
 * compression while the journal waits for one.
 */
export function startFile(): Plugin {
  const source = "process.env.UV_THREADPOOL_SIZE ??= '16';\nimport('./server.mjs');\n";
  return {
    name: 'start-file',
    apply: 'build',
    applyToEnvironment: (environment) => environment.name === 'ssr',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'main.js', source });
      this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
    },
  };
}
