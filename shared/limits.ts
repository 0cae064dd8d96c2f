/**
 * Every tuned bound that both sides must agree on, with the reason beside it.
 * The page uses them to stop a person in time; the server uses them to stop anyone else.
 */

/** One frame on the wire. A pasted page of text is 10 KB; a day of offline work of one person some 100 KB. */
export const maxFrameBytes = 1 << 20;

/** One presence state as JSON: a place, a cursor and a caret are about 300 bytes. */
export const maxPresenceBytes = 2048;

/** Characters in one card, title or description. A card is a sentence; a solution a few paragraphs. */
export const maxCardText = 4_000;
export const maxTitleText = 300;
export const maxLongText = 20_000;

/**
 * How many times its limit the server lets a text grow. The page keeps to the limit, but two who fill up
 * one text at once, or one of them offline, both did: refusing either would cost them all that they wrote.
 */
export const mergeSlack = 2;

/** Characters in a person's name and in a board's title (HTTP, and so never a Y.Text). */
export const maxPersonName = 60;
export const maxBoardTitle = 200;

/** Characters in the name of a version: what was agreed on, in a few words. */
export const maxVersionName = 80;

/** Members of one set field: personas of a card, cards of an idea. */
export const maxSetSize = 200;

/** Entries of one collection that are there; removed ones do not count. The page is measured to 5,000 cards. */
export const maxRecords = 20_000;

/**
 * People whom a board's document knows at once: ten workshops of 200. Who joins without a `device` is somebody
 * new each time; past this, those who are away and are named by nothing make room.
 */
export const maxPeople = 2_000;

/** Characters in an order key that the server takes and readers accept; existing documents may hold keys this long. */
export const maxOrderKey = 256;

/**
 * Characters in an order key that our own code makes. A key grows by about one character in four inserts at one
 * spot; where a gap has none this short, its neighbours get new keys. Half of `maxOrderKey`, so that pages of an
 * earlier release, which do not do so, still find keys beside ours.
 */
export const maxNewOrderKey = 128;
