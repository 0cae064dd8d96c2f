import { storageKey } from './model/device/storage-key.ts';
import { showStartFailure } from './start-failure.ts';
import type { Area } from './text/areas.ts';
import { files } from './text/files.ts';
import { isLanguage, preferredLanguage } from './text/languages.ts';

/**
 * The first script: small, so that it runs while the others are on their way. It asks for the messages of the first
 * page, which would otherwise wait until the scripts have loaded and run, and starts the page.
 */
const language = likelyLanguage();
for (const area of areasAt(location.pathname)) {
  // A guess: `main.ts` asks again, and handles failures.
  files[`./${language}/${area}.json`]?.().catch(() => {});
}
import('./main.ts').catch(() => {
  const app = document.getElementById('app');
  if (app) showStartFailure(app, language);
});

/** The language that the person chose on this device, else the browser's. */
function likelyLanguage() {
  try {
    const stored = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as { readonly language?: unknown };
    if (isLanguage(stored.language)) return stored.language;
  } catch {
    // The browser refuses storage, or something else is stored there.
  }
  return preferredLanguage(navigator.languages);
}

/** The areas that the first page needs. */
function areasAt(path: string): readonly Area[] {
  if (path.startsWith('/b/')) return ['common', 'board', path.endsWith('/ideas') ? 'ideas' : 'map'];
  return ['common', path === '/join' ? 'join' : 'lobby'];
}
