/** A person attends to a list for this long after the last movement of the pointer in it, or the last key. */
export const restMs = 5_000;
