import type { Allowance } from './bucket.ts';

/** Tuned limits of the live server, each with its unit and reason. Limits shared with clients: `shared/limits.ts`. */

/**
 * Minimum time between two commits of a room, in ms per socket, up to `maxTickMs`. A socket write costs 5 to 15 us
 * whatever its size, so writes take at most a tenth of a core. An edit that arrives after a longer pause is committed
 * at once.
 */
export const tickMsPerSocket = 0.15;
/** Upper bound of that time, in ms: an edit waits for one screen frame at most. */
export const maxTickMs = 16;

/** Shortest wait worth a timer, in ms: Node timers have millisecond resolution. */
export const leastTickMs = 1;

/** Interval of presence frames of a room, in ms: 30 updates a second look live. */
export const presenceMs = 33;

/**
 * A commit carries presence that is due within this time, in ms: one write instead of two. Longer than the commit
 * interval of a busy room, so that presence never goes out alone there.
 */
export const presenceAlongMs = 18;

/** How far presence that was sent early may delay the next frame, in ms: frames are at most 45 ms apart. */
export const presenceAheadMs = 12;

/**
 * Presence bytes per second that one receiver gets at most. It is enough for 500 people with ten 30-byte pointer moves
 * a second each. What does not fit is sent later, only the newest of each person.
 */
export const presenceBytesPerSecond = 160_000;

/** Minimum share of these bytes for pointers, so that programs with large presence states cannot block them. */
export const pointerShare = 0.25;

/** How long a person stays visible after the link broke, in ms: most broken links are back by then. */
export const graceMs = 5_000;

/**
 * How long returning people are collected and then answered together, in ms: a recovered network brings many at once.
 */
export const renewMs = 200;

/**
 * Heartbeat interval, in ms. Stock clients drop a socket that is silent for 30 s. With `quietMs`, the longest silence
 * is 12 s, so that even a missed heartbeat does no harm.
 */
export const beatMs = 4_000;
/** A socket that was sent nothing for this time, in ms, gets an empty presence frame at the next heartbeat. */
export const quietMs = 8_000;

/**
 * A socket that sent nothing, not even a pong, for this time, in ms, is closed: it missed the pings of 9 heartbeats.
 */
export const deafMs = 36_000;

/** Unread bytes above which a reader gets no presence: late presence is worthless. */
export const skipPresenceBytes = 64 << 10;

/** Unread bytes above which a reader gets no updates, but one difference once it has caught up, which is cheaper. */
export const maxUnreadBytes = 1 << 20;

/** Unread bytes above which a reader is closed. It starts from the full state when it reconnects. */
export const cutOffBytes = 8 << 20;
/** How long a reader may stay behind before it is closed, in ms. */
export const cutOffMs = 30_000;

/** Bytes per ms that extend `cutOffMs` for the reader of an answer: half a megabit per second is a slow line. */
export const leastReadBytesPerMs = 64;

/**
 * Answers above this size, in bytes, are spread over several turns of the event loop, so that edits go out in
 * between: the system takes about 1 ms to copy a state of 1.4 MB.
 */
export const largeAnswerBytes = 64 << 10;
/** Time for large answers in one turn of the event loop, in ms. */
export const largeAnswersMs = 2;

/** Bytes of an answer that are charged to the client as 1 ms of work: the system copies that many in 1 ms. */
export const answerBytesPerMs = 1.4e6;

/** Bytes of a full presence answer that are charged as one presence frame. */
export const wholePresenceBytes = 4 << 10;

/** Answers cached per document until it changes, by state vector: many clients ask the same after an outage. */
export const maxAnswersKept = 8;
/** Bytes of these cached answers, including their state vectors. */
export const maxKeptAnswerBytes = 4 << 20;

/**
 * Largest difference that is encoded, in bytes without the delete set: this much takes 2 to 5 ms. Above it, the stored
 * state is sent instead, which takes more bandwidth but no time of the main thread.
 */
export const maxDifferenceBytes = 256 << 10;

/** Minimum size of a struct in an answer, in bytes. */
export const structBytes = 8;
/** Minimum size of a struct of plain values in an answer, in bytes. */
export const valueBytes = 40;

/** Ranges of a large answer that are processed in one turn of the event loop: about 0.5 ms. */
export const rangesAtOnce = 5_000;

/**
 * Cost limit of one batch, in us by `tariff`. The rest waits for the next batch, so that other rooms are served first.
 */
export const maxBatchEffort = 8_000;

/**
 * Total bytes of the updates in one batch; a larger update is a batch of its own. The disk takes the batches of all
 * rooms in one write, so megabytes of one room would delay the edits of all others by 20 ms.
 */
export const maxBatchBytes = 1 << 18;

/**
 * Unchecked updates of one socket above which it is not read. One batch tries that many. On a disk that hangs, a person
 * reaches this limit after 15 s of typing.
 */
export const maxUnjudged = 256;

/**
 * Unchecked updates of one socket that may stay views of the socket's read buffer, up to 64 KiB each; later ones are
 * copied. Nobody who edits by hand has this many, so hand edits are never copied.
 */
export const viewsUnjudged = 16;

/**
 * Updates since the snapshot that are merged into one group for joining clients. A group of small updates takes less
 * than 1 ms to merge, once, and a client reads a few dozen frames at most.
 */
export const updatesInChunk = 64;
/** Bytes at which such a group is complete. */
export const bytesInChunk = 16 << 10;

/** Frames of one socket that are held until its offline edits arrive: as many as people type in a slow round trip. */
export const maxHeldFrames = 1_000;
/** Bytes of these held frames. */
export const maxHeldBytes = 1 << 20;

/** Bytes waiting for the disk above which a room stops reading its sockets, so that TCP slows the senders down. */
export const maxQueueBytes = 8 << 20;

/**
 * Send rates of one connection. A connection above its rate is not read until the debt is paid. Fast typing makes 15
 * updates a second, a script that fills a board several hundred. A stock client echoes every presence frame, 30 a
 * second. A day of offline work is about 100 KB.
 */
export const connectionRates = {
  updates: { perSecond: 500, burst: 5_000 },
  presence: { perSecond: 120, burst: 240 },
  // Pings, pongs and small fragments. A client answers a ping every 4 s; some programs send one every second.
  pings: { perSecond: 10, burst: 60 },
  // On the wire, headers included.
  bytes: { perSecond: 1 << 20, burst: 8 << 20 },
  // Milliseconds of server time: a tenth of a core, so that expensive updates do not slow others down.
  work: { perSecond: 100, burst: 1_000 },
} as const satisfies Record<string, Allowance>;
/** Send rates of one person over all connections, in the same units. */
export const personRates = {
  updates: { perSecond: 1_000, burst: 10_000 },
  presence: { perSecond: 480, burst: 960 },
  pings: { perSecond: 40, burst: 400 },
  bytes: { perSecond: 2 << 20, burst: 16 << 20 },
  work: { perSecond: 150, burst: 1_500 },
} as const satisfies Record<keyof typeof connectionRates, Allowance>;

/** Shortest pause of a sender in debt, in ms: reading a few frames at a time is cheaper than a timer per frame. */
export const leastPauseMs = 25;

/** Server time guaranteed to each person, in ms. Typing takes 0.3 ms a second; pasting 500 cards takes 15 ms. */
export const lightWork: Allowance = { perSecond: 5, burst: 30 };
/**
 * Server time that all people share beyond that, in ms, for the whole process: however many people send expensive
 * updates, they take at most a tenth of a core from the others.
 */
export const heavyWork: Allowance = { perSecond: 100, burst: 1_000 };

/** Work to receive one frame or byte, in ms, whatever the result. Each byte is read, unmasked and copied. */
export const workPerUnit = {
  updates: 0.004,
  presence: 0.004,
  pings: 0.002,
  bytes: 1 / 500_000,
  work: 1,
} as const satisfies Record<keyof typeof connectionRates, number>;

/** Work of a join without the state, in ms: admission, handshake, welcome, and the person's entry in the document. */
export const joinWorkMs = 0.7;

/** Work of a presence entry that is already known, in ms. */
export const echoWorkMs = 0.0002;
/** Work of a new presence entry, which goes out to everybody, in ms. */
export const newsWorkMs = 0.02;

/** Payload bytes below which a fragment counts as a ping. Browsers split messages into fragments of about 64 KiB. */
export const smallFragmentBytes = 1 << 10;

/** Bytes below which a piece of a frame, as read from the stream, counts as small. A network packet holds more. */
export const smallPieceBytes = 512;
/** Small pieces per frame that are free; further ones count as pings. */
export const freePieces = 64;

/** Pieces that one socket passes on as they arrive. A piece takes 1 to 20 us, and 64 KiB hold up to 10,000. */
export const piecesOnArrival = 8;
/** Pieces that one socket passes on in each later turn. */
export const piecesAtOnce = 32;
/** Time for these turns of all sockets in one turn of the event loop, in ms. */
export const inletTurnMs = 2;

/** Frames discarded after our close frame before the socket is destroyed, so that the client can read the reason. */
export const farewellFrames = 50_000;

/** Time for a client to answer our close frame, in ms. */
export const wsCloseMs = 10_000;

/** Fragments of one message: enough for 16 MiB in fragments of 4 KiB, the smallest in use. */
export const maxFragments = 4_096;
/** Pieces of the stream that one message may be buffered in: enough for 16 MiB in pieces of 1 KiB. */
export const maxBufferedPieces = 16_384;

/** Sockets of one person on a board: tabs, devices, and programs that open several. */
export const maxSocketsPerPerson = 40;

/** Presence client ids of one socket at a time. A page has one; the others are for programs that embed several. */
export const maxClientIds = 4;

/** Presence client ids of one socket over its lifetime: a page that starts anew on one socket takes a new one. */
export const maxClientIdsEver = 64;

/** Entries of one presence frame that may be new: a removal and an addition for each of the socket's ids. */
export const maxNewsInFrame = 2 * maxClientIds;

/**
 * Entries of one presence frame. A stock client echoes all that it receives, so everybody present: ten times the
 * default number of sockets of a board, with all their client ids.
 */
export const maxPresenceEntries = 20_000;

/** Departed client ids whose last clock is remembered, so that the room notices their return. */
export const maxDeparted = 1_000;

/** How long an empty room stays open, in ms: a reload or a short outage does not read the disk again. */
export const idleMs = 30_000;

/** Empty rooms kept open; the one that is empty longest closes first. A board of 1,000 cards takes about 2 MB. */
export const maxIdleRooms = 100;

/**
 * Heap bytes per encoded byte of a document. Measured: 10,000 cards of six fields are 1.4 MB encoded, 60 MB in memory.
 */
export const heapPerByte = 45;
/** Heap bytes of an empty room, measured. */
export const heapPerRoom = 60_000;

/** Share of Node's heap limit for rooms. The rest is for sockets, frames and the garbage collector. */
export const heapShare = 0.6;

/** Encoded bytes of one document: about 30,000 cards. The page is measured with up to 5,000. */
export const maxDocumentBytes = 8 << 20;

/**
 * Bytes of the answer to the server's own step 1: one document of new content, and as much for the delete set, which
 * Yjs always sends whole. All other frames are limited to `maxFrameBytes`.
 */
export const maxAnswerBytes = 2 * maxDocumentBytes;
/** Bytes discarded after our close frame before the socket is destroyed: one such answer may be on its way. */
export const farewellBytes = maxAnswerBytes;

/**
 * Memory for incoming messages above `maxFrameBytes`, of all sockets together, in bytes; one more may be begun. Further
 * sockets are not read until there is room.
 */
export const largeMessageBytes = 64 << 20;
/** Bytes per second below which such a message is closed while others wait for room. */
export const leastBytesPerSecond = 256 << 10;

/**
 * Bytes of encoded differences that are not read yet. Above it, clients get the stored state instead, which is shared.
 */
export const maxUnreadDifferences = 64 << 20;

/** Percentage of `maxDocumentBytes` from which people are warned. */
export const fullnessFrom = 70;
/** Percentage points between two warnings. */
export const fullnessStep = 5;

/** Updates since the last merge after which the state is merged and stored, so that opening never replays more. */
export const checkpointEvery = 1_000;
/** Bytes of updates after which it is merged, for the same reason. */
export const checkpointBytes = 256 << 10;
/**
 * Pause between two merges, as a multiple of the merge's duration: a twentieth of a core, on the worker thread. A
 * document that has doubled since, such as a new board being filled, is merged at once.
 */
export const checkpointPause = 20;

/**
 * Share of `maxDocumentBytes` that unmerged updates may take before the state is merged and its fullness announced.
 * Unmerged updates may be many times larger than the merged result.
 */
export const unmergedShare = 0.05;
/** Unmerged bytes, as a multiple of `maxDocumentBytes`, at which a document counts as full in any case. */
export const unmergedTimes = 4;

/** Minimum time between two automatic versions of a board in use, in ms. */
export const versionEveryMs = 10 * 60_000;

/**
 * Longest time over which a stopping server closes its sockets, in ms, so that clients do not reconnect all at once.
 */
export const farewellMs = 1_500;
/** Part of that time per socket, in ms. */
export const farewellMsPerSocket = 3;

/**
 * Exclusive upper bound of document and presence clocks. No page load makes 2 billion edits, and programs in other
 * languages count in 32 bits.
 */
export const maxClock = 2 ** 31;

/** Characters in a key of a value collection: three ids and their colons. */
export const maxValueKey = 200;

/**
 * Cost of the parts of an update for the main thread, in us, in the guard and in Yjs together: measured on 2 cores at
 * 2.5 GHz, rounded up. `tests/server/live/guard-cost.test.ts` checks them against the clock.
 */
export const tariff = {
  /** A struct that is read, checked and integrated. */
  struct: 3,
  /** A plain value, alone or inside another. */
  value: 0.5,
  /** A deleted range, even if everything in it is already deleted. */
  range: 0.35,
  /** A struct inside a deleted range, even if it is already deleted. */
  look: 0.01,
  /** A client id that has deleted ranges, however few. */
  section: 1.5,
  /** Each further client id that the update writes under: Yjs looks it up and sorts it in many places. */
  writer: 100,
  /**
   * A client id that is new to the document. It stays in every state vector for good, at 0.1 us and more for each
   * transaction. It adds to the weight, but is no reason to refuse: a page load is one, and a week offline a dozen.
   */
  newcomer: 2_000,
  /** One step of Yjs past an item at the same position. */
  step: 0.2,
  /** A struct, or a part of one, that is deleted. */
  removal: 1,
  /** A struct that moves in memory because an earlier one is split, or merged with the next. */
  slot: 0.001,
} as const;

/**
 * Overhead of a transaction, apart from its frames, that is free, in ms: as much as on a usual board. Senders pay for
 * more.
 */
export const freeCommitMs = 0.25;

/**
 * Excess over the tariff, in us, above which an accepted update costs its measured time. A garbage collection or
 * another process may cause a smaller excess.
 */
export const untoldEffort = 3_000;

/**
 * Overhead, apart from its frames, in ms, at which a transaction is expensive. After two expensive transactions in a
 * row the room pauses and collects updates into one batch, so such a document takes a tenth of the time from all
 * others.
 */
export const dearCommitMs = 2;
/** Length of that pause, as a multiple of the overhead. */
export const dearPause = 10;
/** Longest such pause, in ms. */
export const longestDearPauseMs = 500;

/** Cost limit of one update, in us: edits of others wait for it. Pasting 500 cards costs 15,000. */
export const maxEffort = 50_000;

/** Nesting depth of a value. The document's values are flat; deeper ones could overflow the reader's stack. */
export const maxValueDepth = 16;

/** Members that a set may ever have had, as a multiple of its limit: a removed member leaves its key behind. */
export const pastMembers = 10;

/** Entries that a collection may ever have had, as a multiple of its limit, for the same reason. */
export const pastEntries = 3;

/**
 * Share of a document's bytes, entries and client ids that participants may fill together. With the rest, facilitators
 * can still tidy up a full board and restore a version.
 */
export const participantShare = 0.9;

/**
 * What one participant may add to a document per day. A page load that writes takes a client id: people reload tens of
 * times, programs that reconnect for each message several hundred. In a workshop a person makes tens of cards; a
 * program makes thousands, of 250 bytes each. A day of typing is about 100 KB.
 */
export const personAllowance = { clients: 300, records: 3_000, keys: 20_000, bytes: 4 << 20 } as const;

/**
 * What all participants of a board may add per day: 200 people who reload 30 times; three boards of 5,000 cards; three
 * quarters of a document's bytes. 6,000 more client ids make a commit 0.6 ms longer.
 */
export const boardAllowance = { clients: 6_000, records: 15_000, keys: 100_000, bytes: 6 << 20 } as const;

/**
 * Client ids that one facilitator, and all facilitators of a board, may add to a document per day. Their commands need
 * one; a program that reconnects for each message needs one each time.
 */
export const leadClientIds = { person: 1_000, board: 3_000 } as const;

/** Bytes of one person's small updates that are summed up before they are deducted from these allowances at once. */
export const gatheredBytes = 4 << 10;

/**
 * Last share of `boardAllowance` that only some people may use: those who wrote before, or joined before it was
 * reached, and who are frugal by `frugalShare`.
 */
export const reservedShare = 0.25;
/** Share of a person's own allowance of the day up to which the person counts as frugal. */
export const frugalShare = 0.1;

/** People of each role that are newly added to a document per day: ten workshops of 200. */
export const newcomersPerDay = 2_000;

/**
 * How often a known person's name and colour are rewritten per day, for one person, who may pick another colour a few
 * times, and for everybody of a role. Each rewrite leaves about 20 bytes in the document for good.
 */
export const renamingsPerDay = { person: 10, role: 2_000 } as const;

/**
 * Pause between two searches for people to purge, as a multiple of the search's duration: about 30 ms on a board of
 * 60,000 records. So searches take at most a twentieth of a core, however many people join or write.
 */
export const searchPause = 20;

/**
 * Client ids that may have written in a document. Each takes 7 bytes of a state vector, which must fit into a frame. A
 * board of 50 people with ten page loads a day each reaches it in 200 days and must then be rebuilt.
 */
export const maxClientIdsInDocument = 100_000;

/**
 * Client ids that a room reserves for people who have left. Above it, the room drops the reservations of all of them.
 */
export const maxReservedInRoom = 20_000;

/** Reserved client ids per person who has not written under them yet. A page load uses one. */
export const maxReserved = 64;

/**
 * Minimum time between two clock marks of a room, in ms. A mark costs about 20 us and 1 KB per socket. The loss of
 * edits younger than this cannot be proven.
 */
export const markMs = 4_000;

/**
 * Client ids in one mark. With 500 writers each is in one mark a minute; in a workshop of 30, each is in every mark.
 */
export const clocksInMark = 32;

/**
 * Bytes of held edits per board: as much as a document, so that all edits of a lost board can wait for a facilitator.
 */
export const maxHeldBytesPerBoard = 8 << 20;
/** Bytes of held edits per person: half of that. */
export const maxHeldBytesPerPerson = 4 << 20;
/** Bytes of held edits without proof of a loss: little, because they may be forged. */
export const maxUnprovenBytes = 2 << 20;

/**
 * Held copies per board: one for each person of a room of 500. Each copy is a file, which takes 5 ms to write and is
 * read when the board opens.
 */
export const maxHeldCopies = 500;
/** Held copies without proof of a loss: as many as stock clients may bring from a workshop. */
export const maxUnprovenCopies = 50;

/**
 * Cost limit to read an offer that is to be held, in us by `tariff`, whatever it would cost to apply. A whole document
 * of 8 MiB with each card moved three times costs 1,300,000 and is read in 200 ms. The same bytes in structs of 2
 * bytes, which only a forger sends, cost half a million and take 60 ms.
 */
export const maxHeldEffort = 1_500_000;

/**
 * Client ids that are treated as owned by absent people because held copies name them: as many as a board has page
 * loads in days. Unproven copies may name half as many.
 */
export const maxSuspects = 20_000;

/** Cost limit to restore one held copy, in us on the main thread. It is high because facilitators do it rarely. */
export const maxRecoveryEffort = 400_000;

/**
 * How long a replaced policy still allows what it allowed, so that nobody is refused for what they began before they
 * could know: a step of the session reaches pages within 0.2 s, and an edit may be on the way for as long again.
 */
export const policyGraceMs = 2_000;
/** Policies of one board that allow changes at the same time, the present one included. */
export const maxPoliciesKept = 8;

/** G34: places that one update may have put back; more is no gesture of a person. */
export const maxPlacesPutBack = 100;
/** G34: updates of one person on a board that are put back, in a minute and in a day. The next closes the socket. */
export const putBacksPerMinute = 20;
export const putBacksPerDay = 200;
/** Bytes that stay in a document for each client id of an update that was put back. */
export const emptiedBytes = 16;
