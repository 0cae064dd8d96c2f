/** The tuned numbers of the live side, each with its reason. What both sides must know stands in `shared/limits.ts`. */

/** Presence goes out at most once in this time a room: 30 pictures a second look live. */
export const presenceMs = 33;

/** Returning people are answered together: a net that comes back brings many within one blink. */
export const renewMs = 200;

/**
 * Stock clients drop a socket that brought no frame for 30 s. A look every 4 s at who has heard nothing
 * for 8 s leaves no gap above 12 s, so that even a lost look does no harm.
 */
export const beatMs = 4_000;
export const quietMs = 8_000;

/** A socket that has said nothing, not even a pong, for this long is gone: a ping at each beat went unanswered. */
export const deafMs = 36_000;

/** Past this many bytes buffered a reader gets no presence, which is worthless late. */
export const skipPresenceBytes = 64 << 10;

/** Past this many a reader is cut off: it is cheaper for both to start from the state than to catch up. */
export const maxBufferedBytes = 8 << 20;

/** Updates held back for a client whose offline edits are still to come: a burst of typing, not a day's work. */
export const maxHeldFrames = 64;
export const maxHeldBytes = 1 << 20;

/** Past this many bytes waiting for the disk a room stops reading its sockets, so that the net slows the senders. */
export const maxInboxBytes = 8 << 20;

/** Client ids of presence a socket may have: a page has one; a few leave room for what embeds several. */
export const maxClientIds = 4;

/**
 * Entries of one presence frame. A stock client sends back all that it hears, so all who are present: ten
 * times the sockets that a board has by default, with all their client ids.
 */
export const maxPresenceEntries = 20_000;

/** Departed client ids whose last clock is remembered, so that their return is noticed. */
export const maxDeparted = 1_000;

/** How long a room outlives its last person, so that a reload or a short break does not read the disk again. */
export const idleMs = 30_000;

/** Empty rooms kept at once; the one empty longest goes first. A board of 1,000 cards is about 2 MB. */
export const maxIdleRooms = 100;

/** Updates after which the state is stored afresh while people work, so that opening never replays more. */
export const checkpointEvery = 1_000;

/** Client ids in one update: one a page load, so that this is years of offline work of one person. */
export const maxWriters = 1_000;

/**
 * Clocks of documents and of presence stay below this. 2 billion edits of one page load are a lie told to
 * break the counting, and programs in other languages count in 32 bits.
 */
export const maxClock = 2 ** 31;

/** Characters in the key of a value collection: three ids and their colons. */
export const maxValueKey = 200;
