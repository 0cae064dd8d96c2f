import type { Plugin } from 'vite';

/**
 * Modules of `lib0` that bring much more than Yjs and its provider use of them in a browser, and what the page gets
 * instead. The build fails if a library comes to import another name of them.
 */
const plain: Readonly<Record<string, string>> = {
  // Yjs prints four warnings. For their colours the module brings its DOM and schema modules.
  'lib0/logging': `
export const [BOLD, UNBOLD, RED, ORANGE] = ['', '', '', ''];
export const print = (...parts) => console.log(...parts.filter((part) => part !== ''));
export const warn = (...parts) => console.warn(...parts);
`,
  // It parses command lines, the address of the page and `localStorage` for settings of Node programs.
  'lib0/environment': `
export const isNode = false;
export const isBrowser = true;
export const getVariable = () => null;
`,
  // The connection sets `disableBc`: tabs may hold different memberships, so they exchange nothing.
  'lib0/broadcastchannel': `
export const subscribe = () => {};
export const unsubscribe = () => {};
export const publish = () => {};
`,
};

/** Gives the page the plain modules above. They save 4 KB of gzip that would load before the page can be used. */
export function plainModules(): Plugin {
  return {
    name: 'resa:plain-modules',
    apply: 'build',
    enforce: 'pre',
    applyToEnvironment: ({ name }) => name === 'client',
    resolveId(source, importer) {
      const name = importer?.includes('/node_modules/lib0/')
        ? source.replace(/^\.\/(.*)\.js$/, 'lib0/$1')
        : source;
      return name in plain ? `\0${name}` : null;
    },
    load: (id) => plain[id.slice(1)] ?? null,
  };
}

/** Ends the id of a second copy of a library. `chunks.ts` leaves it to the parts that use it. */
export const later = '?later';

/** The parts that load after the first paint and use functions of `valibot` that no earlier part needs. */
const laterParts = /\/(shared\/session|client\/model\/session|client\/model\/api\/session)\b/;

/**
 * Gives these parts a `valibot` of their own, with the functions that they use. The library is one module, so these
 * functions would otherwise be in the first script.
 */
export function laterLibraries(): Plugin {
  return {
    name: 'resa:later-libraries',
    apply: 'build',
    enforce: 'pre',
    applyToEnvironment: ({ name }) => name === 'client',
    async resolveId(source, importer) {
      if (source !== 'valibot' || importer === undefined || !laterParts.test(importer)) return null;
      const found = await this.resolve(source, importer, { skipSelf: true });
      return found && { ...found, id: found.id + later };
    },
  };
}

/** State of the Svelte runtime that never changes in this page: it is drawn in the browser, with runes only. */
const constants = [
  { file: 'client/dom/hydration.js', name: 'hydrating' },
  { file: 'flags/index.js', name: 'async_mode_flag' },
  { file: 'flags/index.js', name: 'legacy_mode_flag' },
  { file: 'flags/index.js', name: 'tracing_mode_flag' },
] as const;

/**
 * Makes constants of these variables, so that the build leaves out the branches of the Svelte runtime that hydrate HTML
 * of a server and run components of Svelte 4: 1.2 KB of gzip. Fails if Svelte no longer has one of them.
 */
export function drawnInBrowser(): Plugin {
  return {
    name: 'resa:drawn-in-browser',
    apply: 'build',
    enforce: 'pre',
    applyToEnvironment: ({ name }) => name === 'client',
    transform(code, id) {
      const [, file] = id.split('/svelte/src/internal/');
      const here = constants.filter((one) => one.file === file);
      if (here.length === 0) return null;
      let plainer = code;
      for (const { name } of here) {
        const declared = `export let ${name} = false`;
        if (!plainer.includes(declared)) this.error(`Svelte has no "${declared}" in ${file} any more.`);
        plainer = plainer
          .replace(new RegExp(`^\\t${name} = .*;$`, 'gm'), '')
          .replace(declared, `export const ${name} = false`);
      }
      return plainer;
    },
  };
}
