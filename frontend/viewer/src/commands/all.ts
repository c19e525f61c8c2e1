/** Every command of the reading page; a new one is added to the file of its group. */
import { TOOLS, type ToolEntry } from '../tools/registry';
import { isOffered } from '../tools/tool_for_kind';
import { CASE_COMMANDS } from './case';
import type { Command } from './command';
import { FINDING_COMMANDS } from './findings';
import { FORM_COMMANDS } from './forms';
import { HANGING_COMMANDS } from './hangings';
import { MARK_ACT_COMMANDS } from './mark_acts';
import { MARK_COMMANDS } from './marks';
import { MASK_COMMANDS } from './masks';
import { PICTURE_COMMANDS } from './picture';
import { RANGE_COMMANDS } from './ranges';
import { REVIEW_COMMANDS } from './review';
import { SLICE_LABEL_COMMANDS } from './slice_labels';
import { SLICE_COMMANDS } from './slices';
import { SPAN_COMMANDS } from './spans';
import { SUGGESTION_COMMANDS } from './suggestions';
import { VIEW_COMMANDS } from './views';

function toolCommand(entry: ToolEntry): Command {
  const { name, title, keys, draws, reviews } = entry;
  return {
    id: `tools.${name}`,
    title,
    group: 'Tools',
    keys,
    isOffered: (acts) => isOffered(entry, acts),
    run: ({ acts, say }) => {
      if (!isOffered(entry, acts)) {
        if (!reviews) say('This reading does not use that tool.');
      } else if (acts.mayEdit || !draws) acts.ui.set({ tool: name });
      else say(acts.whyNoMarks);
    },
  };
}

export const COMMANDS: readonly Command[] = [
  ...SLICE_COMMANDS,
  ...PICTURE_COMMANDS,
  ...VIEW_COMMANDS,
  ...HANGING_COMMANDS,
  ...TOOLS.map(toolCommand),
  ...MARK_COMMANDS,
  ...MARK_ACT_COMMANDS,
  ...SPAN_COMMANDS,
  ...MASK_COMMANDS,
  ...SLICE_LABEL_COMMANDS,
  ...FINDING_COMMANDS,
  ...FORM_COMMANDS,
  ...RANGE_COMMANDS,
  ...SUGGESTION_COMMANDS,
  ...CASE_COMMANDS,
  ...REVIEW_COMMANDS,
];
