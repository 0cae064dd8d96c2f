import type { Plugin } from 'vite';

const id = '\0lib0-logging';

/** What Yjs imports of `lib0/logging`: colours, which are left out, and two ways to print. */
const source = `
export const [BOLD, UNBOLD, RED, ORANGE] = ['', '', '', ''];
export const print = (...parts) => console.log(...parts.filter((part) => part !== ''));
export const warn = (...parts) => console.warn(...parts);
`;

/**
 * Gives the page a plain `lib0/logging`. Yjs prints four warnings with it; for their colours the module brings
 * its DOM and schema modules, 3 KB of gzip that the page would load before it can be used.
 */
export function plainLogging(): Plugin {
  return {
    name: 'resa:plain-logging',
    apply: 'build',
    enforce: 'pre',
    applyToEnvironment: ({ name }) => name === 'client',
    resolveId: (source) => (source === 'lib0/logging' ? id : null),
    load: (wanted) => (wanted === id ? source : null),
  };
}
