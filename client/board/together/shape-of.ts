import { personColors } from '$shared/collections/person.ts';
import type { ShapeName } from '../../ui/shapes.ts';

/** The shape of a person's colour, so that colour is never the only sign. */
export function shapeOf(color: string): ShapeName | undefined {
  return personColors.find((one) => one.color === color)?.shape;
}
