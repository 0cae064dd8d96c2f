import { isId } from '$shared/id.ts';
import type { StartView, ViewId } from '$shared/views.ts';
import { startViews } from '$shared/views.ts';
import { viewNamed } from './board/views.ts';

/** A page and its parameters, read from the address. */
export type Route =
  | { readonly kind: 'lobby' }
  | { readonly kind: 'join'; readonly secret: string }
  /** `view` is null if the address names none: the board's start view is shown. */
  | { readonly kind: 'board'; readonly board: string; readonly view: ViewId | null }
  | { readonly kind: 'nowhere' };

/** Reads an address. The secret of a link is in the fragment, which browsers do not send to servers. */
export function parseRoute(path: string, hash: string): Route {
  const [first, second, third, ...more] = path.split('/').filter(Boolean);
  if (first === undefined) return { kind: 'lobby' };
  if (first === 'join' && second === undefined) return { kind: 'join', secret: hash.replace(/^#/, '') };
  if (first === 'b' && isId(second) && more.length === 0) {
    if (third === undefined) return { kind: 'board', board: second, view: null };
    const view = viewNamed(third);
    if (view) return { kind: 'board', board: second, view: view.id };
  }
  return { kind: 'nowhere' };
}

/** The address of a view of a board. */
export function viewPath(board: string, view: ViewId): string {
  return `/b/${board}/${view}`;
}

/** The address of a board at its start view. */
export function startPath(board: string, start: StartView): string {
  return start === startViews[0] ? `/b/${board}` : viewPath(board, start);
}

let current: Route = $state.raw(parseRoute(location.pathname, location.hash));

export function route(): Route {
  return current;
}

/** Goes to another address without reloading. With `replace`, the back button skips the current entry. */
export function navigate(to: string, options: { readonly replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  read();
}

/** Handles the address bar and the links of the page. Returns a function that stops it. */
export function startRouter(): () => void {
  const onClick = (event: MouseEvent) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.origin !== location.origin || link.target !== '' || link.hasAttribute('download'))
      return;
    event.preventDefault();
    if (link.href !== location.href) navigate(link.pathname + link.search + link.hash);
  };
  window.addEventListener('popstate', read);
  window.addEventListener('hashchange', read);
  document.addEventListener('click', onClick);
  return () => {
    window.removeEventListener('popstate', read);
    window.removeEventListener('hashchange', read);
    document.removeEventListener('click', onClick);
  };
}

function read(): void {
  current = parseRoute(location.pathname, location.hash);
}
