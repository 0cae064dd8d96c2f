import type { Plugin } from 'vite';

/**
 * `dist/server/main.js`, which starts the server. It is no module, since Node's thread pool takes its size once,
 * when it is first used, and reading a module uses it. Four threads, as they are by default, can all be busy
 * with files and compression while the journal waits for one.
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
