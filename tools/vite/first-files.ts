import type { Plugin } from 'vite';

/** What each page needs first, beside `start.ts`; a board also the view that most of them open with. */
const pages: Readonly<Record<string, readonly string[]>> = {
  'index.html': ['client/main.ts'],
  'board.html': ['client/main.ts', 'client/board/Board.svelte', 'client/views/map/Map.svelte'],
};

/**
 * Names in `index.html` the files that every page needs, and writes `board.html`, the page under the address of a board,
 * which names those of a board too. So a browser fetches them together with the first script, not after it has run.
 */
export function firstFiles(): Plugin {
  return {
    name: 'first-files',
    apply: 'build',
    enforce: 'post',
    applyToEnvironment: (environment) => environment.name === 'client',
    generateBundle(_, bundle) {
      const index = bundle['index.html'];
      if (index?.type !== 'asset') return this.error('The build has no index.html.');
      const html = String(index.source);
      delete bundle['index.html'];
      for (const [fileName, parts] of Object.entries(pages)) {
        const scripts = new Set<string>();
        const styles = new Set<string>();
        const take = (name: string): void => {
          const file = bundle[name];
          if (file?.type !== 'chunk' || scripts.has(name)) return;
          scripts.add(name);
          for (const style of file.viteMetadata?.importedCss ?? []) styles.add(style);
          for (const imported of file.imports) take(imported);
        };
        for (const part of parts) {
          const chunk = Object.values(bundle).find(
            (file) => file.type === 'chunk' && file.moduleIds.some((id) => id.endsWith(part)),
          );
          if (!chunk) return this.error(`The build has no ${part}.`);
          take(chunk.fileName);
        }
        const links = [
          ...[...scripts].map((file) => `<link rel="modulepreload" crossorigin href="/${file}">`),
          ...[...styles].map((file) => `<link rel="stylesheet" crossorigin href="/${file}">`),
        ].filter((link) => !html.includes(link));
        const source = html.replace('</head>', `  ${links.join('\n    ')}\n  </head>`);
        this.emitFile({ type: 'asset', fileName, source });
      }
    },
  };
}
