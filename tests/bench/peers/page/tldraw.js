// tldraw, with a store that sends what its person changes and merges what the second person changes.
import { getAssetUrls } from '@tldraw/assets/selfHosted';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import {
  createTLStore,
  defaultBindingUtils,
  defaultShapeUtils,
  renderPlaintextFromRichText,
  Tldraw,
  toRichText,
} from 'tldraw';
import 'tldraw/tldraw.css';
import { cardSize, openBoard, throttled } from './channel.js';

const shapeOf = (id) => `shape:${id}`;
const store = createTLStore({ shapeUtils: defaultShapeUtils, bindingUtils: defaultBindingUtils });
let editor;

const { cards, send } = await openBoard((changes) => {
  store.mergeRemoteChanges(() => {
    for (const { id, x, y } of changes) store.update(shapeOf(id), (shape) => ({ ...shape, x, y }));
  });
});
const tell = throttled(send);
store.mergeRemoteChanges(() => {
  store.ensureStoreIsUsable();
  const page = store.allRecords().find(({ typeName }) => typeName === 'page').id;
  store.put(cards.map((card) => shape(card, page)));
});
store.listen(
  ({ changes }) => {
    for (const [, { id, x, y, props }] of Object.values(changes.updated))
      if (id.startsWith('shape:'))
        tell({ id: id.slice(6), x, y, text: renderPlaintextFromRichText(editor, props.richText) });
  },
  { source: 'user', scope: 'document' },
);

/** A rectangle of the cards' size with a text, drawn the plainest way. */
function shape({ id, x, y, text, index }, page) {
  return store.schema.types.shape.create({
    id: shapeOf(id),
    type: 'geo',
    parentId: page,
    index,
    x,
    y,
    props: {
      geo: 'rectangle',
      w: cardSize.width,
      h: cardSize.height,
      dash: 'solid',
      fill: 'solid',
      color: 'yellow',
      labelColor: 'black',
      font: 'sans',
      size: 's',
      scale: 0.7,
      align: 'start',
      verticalAlign: 'start',
      growY: 0,
      url: '',
      flipX: false,
      flipY: false,
      richText: toRichText(text),
    },
    rotation: 0,
    isLocked: false,
    opacity: 1,
    meta: {},
  });
}

createRoot(document.querySelector('#root')).render(
  createElement(Tldraw, {
    store,
    assetUrls: getAssetUrls({ baseUrl: `${location.origin}/tldraw-assets` }),
    onMount: (mounted) => void (editor = mounted),
  }),
);

const elementOf = (id) => document.querySelector(`[data-shape-id="${shapeOf(id)}"]`);
window.bench = {
  box(id) {
    const { x, y, width, height } = elementOf(id)?.getBoundingClientRect() ?? {};
    return width > 0 ? { x, y, width, height } : null;
  },
  text(id) {
    const element = elementOf(id);
    // While it is edited, a card has its text twice.
    return (element?.querySelector('[contenteditable=true]') ?? element)?.textContent ?? null;
  },
};
