import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { chosenLanguage } from './model/device/preferences.ts';
import { route, startRouter } from './router.svelte.ts';
import { loadFonts } from './text/fonts.ts';
import { isLanguage, preferredLanguage } from './text/languages.ts';
import { loadMessages, setLanguage } from './text/messages.svelte.ts';
import { pageFor } from './pages.ts';
import { keepText } from './ui/keep-text.ts';

/** Draws nothing until the messages of the language and the page of the route have loaded. */
async function start(): Promise<void> {
  const chosen = chosenLanguage();
  const language = isLanguage(chosen) ? chosen : preferredLanguage(navigator.languages);
  // Before any messages are fetched, so that they come in this language.
  await setLanguage(language);
  const [page] = await Promise.all([pageFor(route()), loadMessages(['common']), loadFonts(language)]);
  startRouter();
  keepText(document.body);
  const target = document.getElementById('app');
  if (target) mount(App, { target, props: { first: page } });
}

void start();
