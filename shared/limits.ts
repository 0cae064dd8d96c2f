/**
 * Every limit that both sides must agree on, with its reason. The page uses them to stop a person in time. The server
 * uses them to stop everyone else.
 */

/** Bytes of one frame on the wire. A pasted page of text is 10 KB; one person's day of offline work is about 100 KB. */
export const maxFrameBytes = 1 << 20;

/** Bytes of one presence state as JSON. A place, a cursor and a caret are about 300 bytes. */
export const maxPresenceBytes = 2048;

/** Characters in one card, title or description. A card is a sentence, a solution a few paragraphs. */
export const maxCardText = 4_000;
export const maxTitleText = 300;
export const maxLongText = 20_000;

/**
 * The factor by which the server lets a text exceed its limit. The page enforces the limit. Two people who fill one
 * text at once, or one of them offline, may still exceed it together, and a refusal would cost them everything they
 * wrote.
 */
export const mergeSlack = 2;

/** Characters in a person's name and in a board's title (sent over HTTP, so never a Y.Text). */
export const maxPersonName = 60;
export const maxBoardTitle = 200;

/** Characters in the name of a version: a few words on what was agreed. */
export const maxVersionName = 80;

/** Members of one set field: personas of a card, cards of an idea. */
export const maxSetSize = 200;

/** Existing entries of one collection, without removed ones. The page is measured with up to 5,000 cards. */
export const maxRecords = 20_000;

/**
 * People in a board's document at one time: ten workshops of 200. A person who joins without a `device` counts as new
 * each time. Beyond this number, the server drops people who are away and whom nothing names.
 */
export const maxPeople = 2_000;

/**
 * Characters in an order key that the server accepts and readers parse. Existing documents may hold keys of this
 * length.
 */
export const maxOrderKey = 256;

/**
 * Characters in an order key that our own code makes. A key grows by about one character per four inserts at one place.
 * If a gap has no key this short, its neighbours get new keys. Half of `maxOrderKey`, so that pages of an earlier
 * release, which do not do this, still find keys next to ours.
 */
export const maxNewOrderKey = 128;
