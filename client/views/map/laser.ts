/** How long a point of a trail is seen. */
const trailMs = 1_400;
/** Parts of a trail, each fainter than the one before. */
const bands = 5;
const svg = 'http://www.w3.org/2000/svg';

interface Point {
  readonly x: number;
  readonly y: number;
  readonly at: number;
}

interface Trail {
  readonly paths: readonly SVGPathElement[];
  points: Point[];
}

/** The trails of laser pointers, drawn while there are any: nothing runs at rest. */
export class Trails {
  readonly #layer: SVGSVGElement;
  readonly #trails = new Map<number, Trail>();
  #frame = 0;

  constructor(layer: SVGSVGElement) {
    this.#layer = layer;
  }

  /** The laser of a client is at a point of the map's content. `color`: of its person. */
  draw(client: number, x: number, y: number, color: string): void {
    // Only a point remains: the pointer itself shows it.
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const trail = this.#trails.get(client) ?? this.#begin(client, color);
    trail.points.push({ x, y, at: performance.now() });
    this.#frame ||= requestAnimationFrame(this.#fade);
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #begin(client: number, color: string): Trail {
    const paths = Array.from({ length: bands }, (_, band) => {
      const path = document.createElementNS(svg, 'path');
      path.style.stroke = color;
      path.style.opacity = String((band + 1) / bands);
      this.#layer.append(path);
      return path;
    });
    const trail: Trail = { paths, points: [] };
    this.#trails.set(client, trail);
    return trail;
  }

  #fade = (now: number) => {
    this.#frame = 0;
    for (const [client, trail] of this.#trails) {
      trail.points = trail.points.filter(({ at }) => now - at < trailMs);
      if (trail.points.length === 0) {
        for (const path of trail.paths) path.remove();
        this.#trails.delete(client);
        continue;
      }
      trail.paths.forEach((path, band) => path.setAttribute('d', outline(trail.points, band, now)));
    }
    if (this.#trails.size > 0) this.#frame = requestAnimationFrame(this.#fade);
  };
}

/** The lines of a trail that are of one age, the oldest in band 0. */
function outline(points: readonly Point[], band: number, now: number): string {
  const bandOf = ({ at }: Point) => Math.min(bands - 1, Math.floor((1 - (now - at) / trailMs) * bands));
  let path = '';
  for (let at = 1; at < points.length; at++) {
    const [from, to] = [points[at - 1], points[at]];
    if (from && to && bandOf(to) === band) path += `M${from.x} ${from.y}L${to.x} ${to.y}`;
  }
  return path;
}
