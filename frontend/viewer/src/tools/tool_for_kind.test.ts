import { describe, expect, it } from 'vitest';
import { TOOLS } from './registry';
import { offersTool } from './tool_for_kind';

describe('the tools of a reading', () => {
  const offered = (allowed: readonly string[] | null) =>
    TOOLS.filter(({ name, draws }) => draws && offersTool(name, allowed)).map(({ name }) => name);

  it('are those that draw the kinds that its study allows', () => {
    expect(offered(['box', 'mask'])).toEqual(['box', 'span_box', 'split', 'brush', 'eraser', 'threshold_brush']);
    expect(offered([])).toEqual([]);
    expect(offered(null).length).toBeGreaterThan(10);
  });
});
