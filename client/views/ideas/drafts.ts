/** The title of an idea that is not added yet, for each board. */
export const drafts = new Map<string, string>();
