/**
 * What is needed before a page can be used comes in two scripts, not in twenty: what every page has, and
 * what a board has. All else is split as it is imported.
 */
export const chunks = [
  {
    name: 'base',
    priority: 2,
    test: /node_modules\/(svelte|esm-env|clsx|valibot)\/|preload-helper|client\/(main|App|router|pages\.ts|text\/[a-z-]+\.(svelte\.)?ts|ui\/(Icon|IconButton|Button|button|MenuButton|Avatar|initials|Tabs|Toasts|toasts|timers|icons|Shape|shapes|floating|place)\.|model\/(api\/(request|boards|joining)|device\/)|parts\/(Notice|notice|Mark|Masthead|LanguageMenu|language-items))|shared\/(id|roles|limits|collections\/person-colors)\.ts/,
  },
  {
    name: 'board',
    test: /node_modules\/(yjs|lib0|y-protocols|y-websocket|fractional-indexing)\/|client\/(model\/|parts\/|views\/map\/(?!drag|Menus|Overlays|[A-Za-z]+Dialog)|board\/(?!share|Help|Lost|LossDialog|lost-words|change-words|add-again))|shared\//,
  },
];
