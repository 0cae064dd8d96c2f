import type { LaneView } from '../lane-view.ts';
import { enterFirst } from '../lane-view.ts';
import CurveRow from './CurveRow.svelte';

export const curve: LaneView = { holds: 'signals', Row: CurveRow, enter: enterFirst };
