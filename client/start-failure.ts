import { firstWords } from './text/first-words.ts';
import type { Language } from './text/languages.ts';
import { directionOf } from './text/languages.ts';

/** Says in place of the page that it could not be loaded, with a button to try again. Needs nothing but this script. */
export function showStartFailure(target: HTMLElement, language: Language): void {
  const { failed, again } = firstWords[language];
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
  const main = document.createElement('main');
  main.className = 'start-failure';
  const text = document.createElement('p');
  text.setAttribute('role', 'alert');
  text.textContent = failed;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = again;
  button.addEventListener('click', () => location.reload());
  main.append(text, button);
  target.replaceChildren(main);
  button.focus();
}
