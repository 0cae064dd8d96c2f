// Excalidraw, whose changes are sent and merged as its own collaboration does: by versions, `reconcileElements` and
// `updateScene`.
import {
  CaptureUpdateAction,
  Excalidraw,
  getSceneVersion,
  reconcileElements,
  restoreElements,
} from '@excalidraw/excalidraw';
import '@excalidraw/excalidraw/index.css';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { cardSize, openBoard, throttled } from './channel.js';

window.EXCALIDRAW_ASSET_PATH = `${location.origin}/excalidraw-assets/`;

const fill = '#ffec99';
const textOf = (id) => `${id}-text`;
const padding = 8;
/** The version of each element that was sent or received last, as Excalidraw changes elements in place. */
const versions = new Map();
let api;
let knownVersion = 0;

const { cards, send } = await openBoard((changes) => {
  const local = api.getSceneElementsIncludingDeleted();
  const byId = new Map(local.map((element) => [element.id, element]));
  // The second person's version of an element is above ours: whoever changes one has its latest version.
  const remote = changes.flatMap(({ id, x, y }) => {
    const card = byId.get(id);
    return [card, byId.get(textOf(id))].map((element) => ({
      ...element,
      x: element.x + x - card.x,
      y: element.y + y - card.y,
      version: element.version + 1,
      versionNonce: Math.floor(Math.random() * 2 ** 31),
    }));
  });
  const elements = reconcileElements(local, restoreElements(remote, null), api.getAppState());
  for (const element of remote) versions.set(element.id, element.version);
  knownVersion = getSceneVersion(elements);
  api.updateScene({ elements, captureUpdate: CaptureUpdateAction.NEVER });
});
const tell = throttled(send);
const elements = restoreElements(cards.flatMap(elementsOf), null);
for (const element of elements) versions.set(element.id, element.version);
knownVersion = getSceneVersion(elements);

/** A filled rectangle with a text bound to it, drawn the plainest way. */
function elementsOf({ id, x, y, text }) {
  const lines = wrapped(text);
  const both = {
    angle: 0,
    fillStyle: 'solid',
    strokeStyle: 'solid',
    strokeWidth: 1,
    roughness: 0,
    opacity: 100,
    groupIds: [],
    frameId: null,
    roundness: null,
    seed: 1,
    version: 1,
    versionNonce: 1,
    isDeleted: false,
    updated: 1,
    link: null,
    locked: false,
    strokeColor: '#1e1e1e',
  };
  const card = {
    ...both,
    id,
    type: 'rectangle',
    x,
    y,
    ...cardSize,
    backgroundColor: fill,
    boundElements: [{ id: textOf(id), type: 'text' }],
  };
  const label = {
    ...both,
    id: textOf(id),
    type: 'text',
    x: x + padding,
    y: y + padding,
    width: cardSize.width - 2 * padding,
    height: lines.length * 16.25,
    backgroundColor: 'transparent',
    boundElements: null,
    containerId: id,
    text: lines.join('\n'),
    originalText: text,
    fontSize: 13,
    fontFamily: 6,
    lineHeight: 1.25,
    textAlign: 'left',
    verticalAlign: 'top',
    autoResize: true,
  };
  return [card, label];
}

/** A saved scene has its texts wrapped; about 21 characters of this size fit. */
function wrapped(text) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last && last.length + word.length > 20) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines;
}

function onChange(elements) {
  const version = getSceneVersion(elements);
  if (version === knownVersion) return;
  knownVersion = version;
  for (const element of elements) {
    if (versions.get(element.id) >= element.version) continue;
    versions.set(element.id, element.version);
    const cardId = element.containerId ?? element.id;
    const [card, text] = [cardId, textOf(cardId)].map((id) => elements.find((one) => one.id === id));
    tell({ id: cardId, x: card.x, y: card.y, text: text.originalText });
  }
}

createRoot(document.querySelector('#root')).render(
  createElement(Excalidraw, {
    initialData: { elements, appState: { scrollX: 0, scrollY: 0 } },
    excalidrawAPI: (given) => void (api = given),
    onChange,
  }),
);

window.bench = {
  /** A card counts as shown if the canvas has its colour at its corner. */
  box(id) {
    const element = api.getSceneElements().find((one) => one.id === id);
    const { scrollX, scrollY, zoom, offsetLeft, offsetTop } = api.getAppState();
    const x = (element.x + scrollX) * zoom.value + offsetLeft;
    const y = (element.y + scrollY) * zoom.value + offsetTop;
    const canvas = document.querySelector('canvas.static');
    const [r, g, b] = canvas.getContext('2d').getImageData(x + 4, y + 4, 1, 1).data;
    const isDrawn = r === 0xff && g === 0xec && b === 0x99;
    return isDrawn ? { x, y, width: element.width, height: element.height } : null;
  },
  text(id) {
    const open = document.querySelector('textarea.excalidraw-wysiwyg');
    return open?.value ?? api.getSceneElements().find((one) => one.id === textOf(id)).originalText;
  },
};
