/**
 * A page needs four scripts, not twenty: a small one that fetches messages while the others load; what every page has,
 * with the `view.ts` of each view; what a board has; and its view. Everything else is split at its imports.
 */
export const chunks = [
  {
    name: 'start',
    priority: 3,
    test: /preload-helper|rolldown\/runtime|client\/(start|start-failure|text\/(files|languages|first-words)|model\/device\/storage-key)\.ts/,
  },
  {
    name: 'base',
    priority: 2,
    test: /node_modules\/(svelte|esm-env|clsx|valibot)\/(?!.*\?later$)|client\/(main|App|router|pages\.ts|board\/views\.ts|views\/[a-z]+\/(view|lazy)\.ts|text\/(?!days-ago)[a-z-]+\.(svelte\.)?ts|ui\/(Icon|IconButton|Button|button|MenuButton|Avatar|initials|Tabs|Toasts|toasts|timers|icons|Shape|shapes|floating|place|line-input)\.|model\/(api\/(request|boards|joining)|device\/)|parts\/(Notice|notice|Mark|Masthead|LanguageMenu|language-items|choose-language))|shared\/(id|json|roles|limits|views|text\/(bidi|blank|graphemes|lines|splice)|collections\/person-colors)\.ts/,
  },
  {
    name: 'board',
    test: /node_modules\/(yjs|lib0|y-protocols|y-websocket|fractional-indexing)\/|client\/(model\/(?!text-binding|session|sync\/(put-back|edit-sorting|fit)|api\/(losses|links|session))|parts\/(?!LiveText|OrderLine|Person|person-|tell-taken)|board\/(?!session|share|regain|together|Help|Lost|LossDialog|lost-words|refusal-text|change-words|step-text|add-again|tell-put-back))|shared\/(?!session|queries\/ideas|wire\/(look|reaction-rate)|text\/fold|workflows\/restore-records)/,
  },
  {
    // Controls of the lobby and of most dialogs. As separate files they would cost the lobby ten more requests.
    name: 'forms',
    test: /client\/ui\/(Dialog|TextInput|Select|CopyField|CopyButton|copy|keep-in-place|attention)\./,
  },
  {
    // Otherwise the code that the map shares with its menus and dialogs would be split off.
    name: 'map',
    test: /client\/views\/map\/(?!actions\/|(.*\/)?(guide|input|drag|keys|writing|shifting|Cursors|laser|place|Menus|Overlays|[A-Za-z]+Dialog)\.)/,
  },
  {
    // Sorted lists that others change: the ideas, and the list of people.
    name: 'lists',
    test: /client\/(ui\/held-order|parts\/OrderLine)|shared\/queries\/ideas/,
  },
  {
    // What people do together, right after the first paint.
    name: 'together',
    test: /client\/board\/together\/|shared\/wire\/(look|reaction-rate)/,
  },
  {
    // Fields of texts: for the map after the first paint, and for the ideas.
    name: 'texts',
    test: /client\/(model\/text-binding|parts\/LiveText)\./,
  },
  {
    // What the map loads right after the first paint; its menus and the help share some of it.
    name: 'map-input',
    test: /client\/views\/map\/(actions\/(?!.*-menu|persona)|(input|drag|keys|writing|shifting|Cursors|laser|place)\.)/,
  },
];
