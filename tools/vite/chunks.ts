/**
 * A page needs three scripts, not twenty: what every page has, with the `view.ts` of each view; what a board has; and
 * its view. Everything else is split at its imports.
 */
export const chunks = [
  {
    name: 'base',
    priority: 2,
    test: /node_modules\/(svelte|esm-env|clsx|valibot)\/|preload-helper|client\/(main|App|router|pages\.ts|board\/views\.ts|views\/[a-z]+\/(view|lazy)\.ts|text\/[a-z-]+\.(svelte\.)?ts|ui\/(Icon|IconButton|Button|button|MenuButton|Avatar|initials|Tabs|Toasts|toasts|timers|icons|Shape|shapes|floating|place|line-input)\.|model\/(api\/(request|boards|joining)|device\/)|parts\/(Notice|notice|Mark|Masthead|LanguageMenu|language-items|choose-language))|shared\/(id|json|roles|limits|views|text\/(bidi|blank|fold|graphemes|lines|splice)|collections\/person-colors)\.ts/,
  },
  {
    name: 'board',
    test: /node_modules\/(yjs|lib0|y-protocols|y-websocket|fractional-indexing)\/|client\/(model\/|parts\/|board\/(?!share|Help|Lost|LossDialog|lost-words|change-words|add-again)|ui\/held-order)|shared\//,
  },
  {
    // Controls of the lobby and of most dialogs. As separate files they would cost the lobby ten more requests.
    name: 'forms',
    test: /client\/ui\/(Dialog|TextInput|Select|CopyField|CopyButton|copy|keep-in-place|attention)\./,
  },
  {
    // Otherwise the code that the map shares with its menus and dialogs would be split off.
    name: 'map',
    test: /client\/views\/map\/(?!(.*\/)?(guide|drag|Menus|[a-z]+-menu|persona|Overlays|[A-Za-z]+Dialog)\.)/,
  },
];
