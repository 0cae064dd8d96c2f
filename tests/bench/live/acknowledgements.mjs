// How long the server takes to acknowledge that an edit is on disk.

/**
 * Records when a person's edits are acknowledged: `saved` has the number of document frames of this socket that are on
 * disk.
 */
export function acknowledge(person, { says, frames }, now = performance.now()) {
  if (says !== 'saved') return;
  // The first document frame of every person is the answer to the server's step 1.
  for (; person.acknowledged < frames - 1; person.acknowledged++) person.editSaved[person.acknowledged] = now;
}

/** @returns the ms from sending to acknowledgement, for edits acknowledged between two times */
export function acknowledgementMs(people, from, to) {
  return people.flatMap(({ editSent, editSaved, acknowledged }) =>
    Array.from(editSaved.subarray(0, acknowledged), (at, i) => ({ at, ms: at - editSent[i] }))
      .filter(({ at }) => at >= from && at < to)
      .map(({ ms }) => ms),
  );
}
