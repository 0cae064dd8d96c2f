import { expect, test } from 'vitest';
import { languages } from '../../client/text/languages.ts';
import { catalogOf, texts } from './messages.ts';

/** What a person reads after something failed, or where something is missing. */
const failures =
  /^(error|refusal)\.|^notice\..*\.text$|^share\.unknown$|^ideas\.picker\.empty$|^map\.emotions\.(no|ask)-persona$/;
/** The button beside these leads on: all notices have one, and these have no more to say. */
const shortNotices = /^notice\.(nowhere|no-board|trouble|board-full|revoked-link|closed|removed)\.text$/;

test.each(languages)('in %s, each failure says what happened and then what the person can do', (language) => {
  const endings = new Intl.Segmenter(language, { granularity: 'sentence' });
  const short = Object.entries(catalogOf(language))
    .filter(([key]) => failures.test(key) && !shortNotices.test(key))
    .filter(([, message]) => texts(message).some((text) => [...endings.segment(text)].length < 2))
    .map(([key]) => key);
  expect(short).toEqual([]);
});
