import type { ReactionKind } from '$shared/wire/presence.ts';
import { helpIcon } from '../../ui/icons.ts';

/** Icons of this part, in the form of `client/ui/icons.ts`. Shapes from Lucide, as there. */
export const handIcon =
  'M18 11V6a2 2 0 0 0-4 0M14 10V4a2 2 0 0 0-4 0v2M10 10.5V6a2 2 0 0 0-4 0v8M18 8a2 2 0 1 1 4 0v6a8 8 0 0 1-8 8h-2c-2.8 0-4.5-.86-5.99-2.34l-3.6-3.6a2 2 0 0 1 2.83-2.82L7 15';
export const doneIcon = 'M20 6 9 17l-5-5';
export const laserIcon =
  'M9 12a3 3 0 1 0 6 0a3 3 0 1 0-6 0M12 2v4M12 18v4M2 12h4M18 12h4M5 5l2.5 2.5M16.5 16.5 19 19M5 19l2.5-2.5M16.5 7.5 19 5';

const face = 'M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0';

export const reactionIcons: Readonly<Record<ReactionKind, string>> = {
  'thumbs-up':
    'M7 10v12M15 5.88 14 10h5.83a2 2 0 0 1 1.92 2.56l-2.33 8A2 2 0 0 1 17.5 22H4a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2h2.76a2 2 0 0 0 1.79-1.11L12 2a3.13 3.13 0 0 1 3 3.88Z',
  heart:
    'M19 14c1.49-1.46 3-3.21 3-5.5A5.5 5.5 0 0 0 16.5 3c-1.76 0-3 .5-4.5 2-1.5-1.5-2.74-2-4.5-2A5.5 5.5 0 0 0 2 8.5c0 2.3 1.5 4.05 3 5.5l7 7Z',
  laugh: `${face}M18 13a6 6 0 0 1-6 5 6 6 0 0 1-6-5ZM9 9h.01M15 9h.01`,
  surprise: `${face}M9.5 15.5a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M9 9h.01M15 9h.01`,
  question: helpIcon,
};
