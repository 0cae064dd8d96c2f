/**
 * What is needed before a page can be used comes in three scripts, not in twenty: what every page has, with the heads
 * of the views; what a board has; and its view. All else is split as it is imported.
 */
export const chunks = [
  {
    name: 'base',
    priority: 2,
    test: /node_modules\/(svelte|esm-env|clsx|valibot)\/|preload-helper|client\/(main|App|router|pages\.ts|board\/views\.ts|views\/[a-z]+\/(view|lazy)\.ts|text\/[a-z-]+\.(svelte\.)?ts|ui\/(Icon|IconButton|Button|button|MenuButton|Avatar|initials|Tabs|Toasts|toasts|timers|icons|Shape|shapes|floating|place)\.|model\/(api\/(request|boards|joining)|device\/)|parts\/(Notice|notice|Mark|Masthead|LanguageMenu|language-items))|shared\/(id|json|roles|limits|views|collections\/person-colors)\.ts/,
  },
  {
    name: 'board',
    test: /node_modules\/(yjs|lib0|y-protocols|y-websocket|fractional-indexing)\/|client\/(model\/|parts\/|board\/(?!share|Help|Lost|LossDialog|lost-words|change-words|add-again))|shared\//,
  },
  {
    // What the lobby and most dialogs are made of: in a file each, the lobby would ask for ten more.
    name: 'forms',
    test: /client\/ui\/(Dialog|TextInput|Select|CopyField|CopyButton|copy)\./,
  },
  {
    // What its menus and dialogs need as well would be split from it.
    name: 'map',
    test: /client\/views\/map\/(?!(.*\/)?(guide|drag|Menus|[a-z]+-menu|persona|Overlays|[A-Za-z]+Dialog)\.)/,
  },
];
