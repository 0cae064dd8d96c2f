import type { Allowance } from './bucket.ts';

/** The tuned numbers of the live side, each with its reason. What both sides must know stands in `shared/limits.ts`. */

/**
 * The shortest time between two commits of a room: so much for each socket, up to a bound. An edit that comes
 * later than that after the last one leaves at once. A write to a socket costs 5 to 15 us whatever is in it, so
 * that up to the bound a room spends a tenth of a core on them at most, and an edit waits for one frame of a screen at most.
 */
export const tickMsPerSocket = 0.15;
export const maxTickMs = 16;

/** Timers count in milliseconds: a shorter wait is none. */
export const leastTickMs = 1;

/** Presence goes out once in this time a room: 30 pictures a second look live. */
export const presenceMs = 33;

/**
 * A commit takes presence along when it is due within this time: one write instead of two. Longer than the time
 * between two commits of a busy room, so that there presence never goes out alone.
 */
export const presenceAlongMs = 18;

/** What went along early puts the next off by so much at most: with it, 45 ms lie between two. */
export const presenceAheadMs = 12;

/**
 * Bytes of presence a second that a receiver is sent at most. At 500 people with ten moves a second each of
 * them still fits with a pointer of 30 bytes; what does not fit waits its turn, the newest of each person only.
 */
export const presenceBytesPerSecond = 160_000;

/** Of these, pointers get at least so much: a room of programs that send large states must not stop them. */
export const pointerShare = 0.25;

/** Who is gone without a word is shown for so long: most broken links are back by then. */
export const graceMs = 5_000;

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

/** Past this many bytes unread a reader gets no presence, which is worthless late. */
export const skipPresenceBytes = 64 << 10;

/** Past this many it gets no updates either, and one difference when it has read: cheaper than all of them. */
export const maxUnreadBytes = 1 << 20;

/** Past this many, or so long after, it is cut off, and starts from the state when it is back. */
export const cutOffBytes = 8 << 20;
export const cutOffMs = 30_000;

/** An answer has this time too, and more the larger it is: half a megabit a second is a slow line. */
export const leastReadBytesPerMs = 64;

/**
 * Answers larger than this go out a few in one turn of the event loop, so that the edits of others go on
 * between them: the system takes about 1 ms to copy a state of 1.4 MB.
 */
export const largeAnswerBytes = 64 << 10;
export const largeAnswersMs = 2;

/** What a state costs whoever asks for it, beside the question: the system copies so much in a millisecond. */
export const answerBytesPerMs = 1.4e6;

/** Bytes of presence that are told for the price of one presence frame. */
export const wholePresenceBytes = 4 << 10;

/** Answers to one state vector are kept while the document does not change: after a break many ask the same. */
export const maxAnswersKept = 8;
/** Bytes of all that are kept of a document, their vectors included. */
export const maxKeptAnswerBytes = 4 << 20;

/**
 * A difference that brings more than this, without the delete set, is not encoded: the stored state answers as well,
 * and takes the network longer but not the main thread. This much takes 2 to 5 ms.
 */
export const maxDifferenceBytes = 256 << 10;

/** What a struct takes in an answer at least, and a struct of plain values. */
export const structBytes = 8;
export const valueBytes = 40;

/** Ranges of a large answer that are looked at in one go: some 0.5 ms. */
export const rangesAtOnce = 5_000;

/** What one batch may cost, in microseconds by `tariff`; the rest is for the next one, and others go on between. */
export const maxBatchEffort = 8_000;

/**
 * What the updates of one batch may hold together, in bytes; one more than that is a batch of its own. The disk takes
 * the batches of all rooms in one write: megabytes of one room would keep the edits of all others waiting for 20 ms.
 */
export const maxBatchBytes = 1 << 18;

/**
 * Updates of one socket that have come in and are not judged: past this nothing more comes in. In one batch so many
 * are tried. On a disk that hangs a person types for a quarter of a minute before that.
 */
export const maxUnjudged = 256;

/**
 * Of these so many are left as views of what was read from the socket, up to 64 KiB each; the others get bytes of their
 * own. Whoever edits by hand never has as many, and is not charged a copy.
 */
export const viewsUnjudged = 16;

/**
 * Updates since the snapshot are merged in groups of so many for those who join: a group of small ones takes less
 * than 1 ms, once, and a client that gets them has a few dozen frames to read at most.
 */
export const updatesInChunk = 64;
export const bytesInChunk = 16 << 10;

/** Updates held back for a client whose offline edits are still to come: what is typed during a slow round trip. */
export const maxHeldFrames = 1_000;
export const maxHeldBytes = 1 << 20;

/** Past this many bytes waiting for the disk a room stops reading its sockets, so that the net slows the senders. */
export const maxInboxBytes = 8 << 20;

/**
 * How fast a connection, and a person with all connections, may send. Excess is delayed: nothing more comes in
 * meanwhile. Fast typing is 15 updates a second, a script that fills a board some hundreds; a stock
 * client sends back each presence frame, 30 a second; a day of offline work is some 100 KB.
 */
export const connectionRates = {
  updates: { perSecond: 500, burst: 5_000 },
  presence: { perSecond: 120, burst: 240 },
  // Pings, pongs and small fragments. A client answers a ping each 4 s; some programs send one each second.
  pings: { perSecond: 10, burst: 60 },
  // On the wire, headers included.
  bytes: { perSecond: 1 << 20, burst: 8 << 20 },
  // A tenth of a core: nobody slows down the others by updates that are dear to judge and apply.
  work: { perSecond: 100, burst: 1_000 },
} as const satisfies Record<string, Allowance>;
export const personRates = {
  updates: { perSecond: 1_000, burst: 10_000 },
  presence: { perSecond: 480, burst: 960 },
  pings: { perSecond: 40, burst: 400 },
  bytes: { perSecond: 2 << 20, burst: 16 << 20 },
  work: { perSecond: 150, burst: 1_500 },
} as const satisfies Record<keyof typeof connectionRates, Allowance>;

/** Whoever is in debt waits at least so long: better a few frames each time than a timer for each frame. */
export const leastPauseMs = 25;

/**
 * Of the server's own time each person is sure of this much: typing takes 0.3 ms a second, a paste of 500 cards
 * 15 ms. All work past it comes out of one pool for the whole process, so that no number of people who send what
 * is dear can take more than a tenth of a core from the others.
 */
export const lightWork: Allowance = { perSecond: 5, burst: 30 };
export const heavyWork: Allowance = { perSecond: 100, burst: 1_000 };

/** What taking in a frame or a byte costs in milliseconds, whatever comes of it. A byte is read, unmasked and copied. */
export const workPerUnit = {
  updates: 0.004,
  presence: 0.004,
  pings: 0.002,
  bytes: 1 / 500_000,
  work: 1,
} as const satisfies Record<keyof typeof connectionRates, number>;

/** What a join costs beside the state: admission, handshake, welcome and being written into the document. */
export const joinWorkMs = 0.7;

/** What an entry of presence costs in milliseconds: one that is known already, and one that goes out to all. */
export const echoWorkMs = 0.0002;
export const newsWorkMs = 0.02;

/** A fragment with less payload counts as a ping. Browsers cut what they send into pieces of some 64 KiB. */
export const smallFragmentBytes = 1 << 10;

/** A frame may come in so many pieces of less than this; more count as pings. A packet of the net holds more. */
export const smallPieceBytes = 512;
export const freePieces = 64;

/**
 * What one socket passes on in one go: as it arrives, and in each of its turns after that. All inlets together take
 * so many milliseconds of a turn of the event loop. One piece takes 1 to 20 us, and 64 KiB hold up to 10,000.
 */
export const piecesOnArrival = 8;
export const piecesAtOnce = 32;
export const inletTurnMs = 2;

/** What is read and left out of a client that was told goodbye, until it is cut off. */
export const farewellFrames = 50_000;

/** How long a client has to answer our close frame. */
export const wsCloseMs = 10_000;

/** Fragments of one message, and pieces of the stream that it may lie in: 16 MiB in the smallest that are usual. */
export const maxFragments = 4_096;
export const maxBufferedPieces = 16_384;

/** Sockets of one person on a board: tabs, devices, and programs that hold several. */
export const maxSocketsPerPerson = 40;

/** Client ids of presence a socket may have: a page has one; a few leave room for what embeds several. */
export const maxClientIds = 4;

/** And so many one after another: a page that is drawn anew on one socket takes a new one. */
export const maxClientIdsEver = 64;

/** Entries of one presence frame that may say something new: each of the socket's ids, gone and come. */
export const maxNewsInFrame = 2 * maxClientIds;

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

/**
 * What a room takes of the heap, by its encoded bytes. Measured: 10,000 cards of six fields are 1.4 MB encoded
 * and 60 MB as a document; an empty room some 60 KB.
 */
export const heapPerByte = 45;
export const heapPerRoom = 60_000;

/** Of the heap that Node may use, what rooms may take: the rest is for sockets, frames and the collector. */
export const heapShare = 0.6;

/** Encoded bytes of one document: some 30,000 cards. The page is measured to 5,000. */
export const maxDocumentBytes = 8 << 20;

/**
 * The answer to our question (sync step 1) may be as large: the document's limit for what is new, and as much
 * for its delete set, which Yjs sends whole each time. All other frames keep to `maxFrameBytes`.
 */
export const maxAnswerBytes = 2 * maxDocumentBytes;
export const farewellBytes = maxAnswerBytes;

/**
 * What messages past `maxFrameBytes` may take in memory, of all sockets together, and one more: the others are not
 * read until there is room. While somebody waits, one that comes in more slowly than this makes room.
 */
export const largeMessageBytes = 64 << 20;
export const leastBytesPerSecond = 256 << 10;

/** Differences that were encoded for somebody and that nobody has read; past this the stored state is sent instead. */
export const maxUnreadDifferences = 64 << 20;

/** From this share of it on people are told, and again at each step. */
export const fullnessFrom = 70;
export const fullnessStep = 5;

/**
 * The state is merged and stored while people work once there are so many updates, or bytes, since the last time,
 * so that opening never replays more. The time between two is so much longer than a merge takes: a twentieth of a
 * core, in a thread apart. When the document has doubled since, it is merged at once: a board that is being filled.
 */
export const checkpointEvery = 1_000;
export const checkpointBytes = 256 << 10;
export const checkpointPause = 20;

/**
 * What is not merged yet may be many times as large as it will be. Past this share of the size that a document may
 * have, it is merged before anybody is told how full it is; past so many times that size it is full in any case.
 */
export const unmergedShare = 0.05;
export const unmergedTimes = 4;

/** The least time between two automatic versions of a board that is worked on. */
export const versionEveryMs = 10 * 60_000;

/** When the process ends, sockets are closed one after another over this time at most, so that not all are back at once. */
export const farewellMs = 1_500;
export const farewellMsPerSocket = 3;

/**
 * Clocks of documents and of presence stay below this. 2 billion edits of one page load are a lie told to
 * break the counting, and programs in other languages count in 32 bits.
 */
export const maxClock = 2 ** 31;

/** Characters in the key of a value collection: three ids and their colons. */
export const maxValueKey = 200;

/**
 * What the parts of an update cost the main thread, in microseconds, in the guard and in Yjs together: measured
 * on 2 cores at 2.5 GHz, rounded up. `tests/server/live/guard-cost.test.ts` holds them against the clock.
 */
export const tariff = {
  /** A struct read, judged and put in its place. */
  struct: 3,
  /** A plain value, alone or within another. */
  value: 0.5,
  /** A deleted range, though nothing of it is there any more. */
  range: 0.35,
  /** A struct within a deleted range, though it is deleted already. */
  look: 0.01,
  /** A client id that ranges are of, however few. */
  section: 1.5,
  /** A client id beside the first that is written under: each is looked up, and sorted, in many places. */
  writer: 100,
  /**
   * A client id that the document did not have. It is in every state vector from now on, at 0.1 us and more for
   * each transaction, for ever. Weighed, but no reason to refuse: a page load is one, and a week offline a dozen.
   */
  newcomer: 2_000,
  /** A step of Yjs past an item that stands at the same spot. */
  step: 0.2,
  /** A struct, or a part of one, that is deleted. */
  removal: 1,
  /** A struct that is moved in memory because one before it is cut in two, or merged with the next. */
  slot: 0.001,
} as const;

/** What a transaction may take beside its frames before its senders are charged, in milliseconds: one on a usual board. */
export const freeCommitMs = 0.25;

/**
 * By how much an update that passes may take longer than the tariff says, in microseconds, before its measured time is
 * what it costs: a collection of garbage may fall into it, or another process.
 */
export const untoldEffort = 3_000;

/**
 * Where two transactions one after the other take longer than this beside their frames, a pause of ten times as long
 * follows, half a second at most: what comes meanwhile goes in as one. So a document that is dear to change takes a tenth of the time of all others.
 */
export const dearCommitMs = 2;
export const dearPause = 10;
export const longestDearPauseMs = 500;

/** What one update may cost: an edit of others waits for it. A paste of 500 cards costs 15,000. */
export const maxEffort = 50_000;

/** How deep a value may be nested. Those of the document are flat; what is deeper takes the stack of its reader. */
export const maxValueDepth = 16;

/** How many times its limit of members a set may have had in all: what leaves a set leaves its key there. */
export const pastMembers = 10;

/** How many times its limit of entries a collection may have had in all, for the same reason. */
export const pastEntries = 3;

/**
 * Of what a document may hold (bytes, entries, client ids) participants may fill so much together: with the rest,
 * facilitators can still tidy up a board that is full, and restore a version.
 */
export const participantShare = 0.9;

/**
 * What one participant may add to a document in a day, at once or bit by bit. A page load that writes takes a client
 * id; people reload some tens of times, programs that connect for each message some hundreds. A workshop makes some
 * tens of cards a person; a program some thousands, of 250 bytes each. A day of typing is some 100 KB.
 */
export const personAllowance = { clients: 300, records: 3_000, keys: 20_000, bytes: 4 << 20 } as const;

/**
 * And all participants of a board together: 200 people who reload 30 times; three boards of 5,000 cards; three
 * quarters of what a document may hold. 6,000 client ids more make a commit 0.6 ms longer.
 */
export const boardAllowance = { clients: 6_000, records: 15_000, keys: 100_000, bytes: 6 << 20 } as const;

/**
 * Client ids that one facilitator may add to a document in a day, and all of a board together. Their commands need one;
 * a program that connects for each message needs one each time.
 */
export const leadClientIds = { person: 1_000, board: 3_000 } as const;

/** Bytes of small updates of one person that are gathered before they are taken from these, all at once. */
export const gatheredBytes = 4 << 10;

/**
 * The last share of what all together may add is for people who have written before, or were here before it was the
 * last, and who have taken no more than a small share of their own today.
 */
export const reservedShare = 0.25;
export const frugalShare = 0.1;

/** People of each role who are written into a document for the first time, in a day: ten workshops of 200. */
export const newcomersPerDay = 2_000;

/**
 * How often the name and colour of a person whom a document knows are written anew in a day: of one person, who picks
 * another colour a few times, and of all of a role together. The document keeps some 20 bytes of each time for good.
 */
export const renamingsPerDay = { person: 10, role: 2_000 } as const;

/**
 * Where there is no place for one more person, whom the records name is looked for: some 30 ms on a board of 60,000. The
 * time until it is done again is so much longer: a twentieth of a core, however many knock and however fast others write.
 */
export const searchPause = 20;

/**
 * Client ids that may have written in a document. Each takes 7 bytes of a state vector, which must fit a frame. On a
 * board of 50 people with ten page loads a day each it takes 200 days; then the board must be rebuilt.
 */
export const maxClientIdsInDocument = 100_000;

/** Client ids that are kept in a room for people who are not there, before all of theirs are given up. */
export const maxReservedInRoom = 20_000;

/** Client ids that are kept for one person who has not written under them yet: a page load is one. */
export const maxReserved = 64;

/**
 * The least time between two clock marks of a room. A mark costs some 20 us and 1 KB a socket; edits younger than this
 * cannot be proven to be lost.
 */
export const markMs = 4_000;

/** Client ids in one mark. In a room of 500 writers each is marked every minute; in a workshop of 30 in every mark. */
export const clocksInMark = 32;

/**
 * Copies of edits that the document lacks, which wait for a facilitator: per board as much as a document may have, so
 * that all of a lost board can wait; per person half of that. Without proof of a loss they may be forged, so that
 * little is kept.
 */
export const maxHeldBytesPerBoard = 8 << 20;
export const maxHeldBytesPerPerson = 4 << 20;
export const maxUnprovenBytes = 2 << 20;

/**
 * And so many copies, since each is a file, which takes 5 ms to write and is read when the board opens: all of a room of
 * 500; of those that nothing proves, as many as stock clients may bring from a workshop.
 */
export const maxHeldCopies = 500;
export const maxUnprovenCopies = 50;

/**
 * What it may cost to read an offer that is to be kept, in microseconds by `tariff`, whatever it would cost to apply. All
 * of a document of 8 MiB, with each card moved three times, comes to 1,300,000 and is read in 200 ms; of structs of two
 * bytes, which nobody but a forger has, this is half a million, in 60 ms.
 */
export const maxHeldEffort = 1_500_000;

/**
 * Client ids that are taken for those of people who have not come back yet, because copies name them: as many page loads
 * as a board has in days. Copies that nothing proves name half of them at most.
 */
export const maxSuspects = 20_000;

/** What one restored copy may cost the main thread, in microseconds: a facilitator asks for it, and rarely. */
export const maxRecoveryEffort = 400_000;
