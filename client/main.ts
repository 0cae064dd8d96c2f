import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { chosenLanguage } from './model/device/preferences.ts';
import { route, startRouter } from './router.svelte.ts';
import { loadFonts } from './text/fonts.ts';
import type { Language } from './text/languages.ts';
import { isLanguage, preferredLanguage } from './text/languages.ts';
import { language as currentLanguage, loadMessages, setLanguage } from './text/messages.svelte.ts';
import type { Page } from './pages.ts';
import { pageFor } from './pages.ts';
import { notifyLanguageFailed } from './parts/choose-language.ts';
import { showStartFailure } from './start-failure.ts';
import { keepText } from './ui/keep-text.ts';

/** Draws nothing until the messages of the language and the page of the route have loaded. */
async function start(target: HTMLElement): Promise<void> {
  const chosen = chosenLanguage();
  const language = isLanguage(chosen) ? chosen : preferredLanguage(navigator.languages);
  try {
    const first = await load(language).catch(() => (language === 'en' ? null : load('en')));
    if (!first) return showStartFailure(target, language);
    startRouter();
    keepText(document.body);
    mount(App, { target, props: { first } });
  } catch {
    return showStartFailure(target, language);
  }
  if (currentLanguage() !== language) notifyLanguageFailed(language);
}

/** Loads the first page in a language. */
async function load(language: Language): Promise<Page> {
  // Before any messages are fetched, so that they come in this language.
  await setLanguage(language);
  const [page] = await Promise.all([pageFor(route()), loadMessages(['common']), loadFonts(language)]);
  return page;
}

const app = document.getElementById('app');
if (app) void start(app);
