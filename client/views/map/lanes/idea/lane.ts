import type { LaneView } from '../lane-view.ts';
import { enterFirst } from '../lane-view.ts';
import IdeaCell from './IdeaCell.svelte';

export const idea: LaneView = { holds: 'signals', Cell: IdeaCell, enter: enterFirst };
