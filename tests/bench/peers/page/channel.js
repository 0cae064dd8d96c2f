// The socket to the second person, who also keeps the board: tests/bench/whiteboards/others.mjs.

/** Cards are `{id, x, y, text}` in pixels of the board. */
export const cardSize = { width: 152, height: 80 };

/**
 * Connects to the board that the page's address names.
 * @param onChange called with the cards that the second person changed: `{id, x, y}` each
 * @returns the cards of the board, and a function that sends `{id, x, y, text}` of cards that changed here
 */
export function openBoard(onChange) {
  const socket = new WebSocket(`ws://${location.host}/${location.search.slice(1)}`);
  return new Promise((resolve) => {
    const send = (cards) => socket.send(JSON.stringify({ cards }));
    socket.onmessage = ({ data }) => {
      const said = JSON.parse(data);
      if (said.load) resolve({ cards: said.load, send });
      else onChange(said.change);
    };
  });
}

/** Sends what gathers at most 30 times a second, as the peers' own clients do. */
export function throttled(send, betweenMs = 1000 / 30) {
  const waiting = new Map();
  let timer = 0;
  const flush = () => {
    timer = 0;
    send([...waiting.values()]);
    waiting.clear();
  };
  return (card) => {
    waiting.set(card.id, card);
    timer ||= setTimeout(flush, betweenMs);
  };
}
