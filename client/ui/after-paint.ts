/** In a tab in the background nothing is painted. */
const longestMs = 1_000;

/**
 * Runs `then` once what was just drawn is painted, so that loading more does not delay it. Returns a function that
 * cancels it.
 */
export function afterPaint(then: () => void): () => void {
  let timer = setTimeout(run, longestMs);
  // The frame is painted after this callback, before the next task.
  const frame = requestAnimationFrame(() => {
    clearTimeout(timer);
    timer = setTimeout(run);
  });
  function run(): void {
    cancelAnimationFrame(frame);
    then();
  }
  return () => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
  };
}
