/** Builds an entry of this folder. Returns the path of the program. */
export function bundle(name: string): Promise<string>;
