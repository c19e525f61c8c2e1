/** The reading page starts here: what stays from case to case is set up, then the first case is opened. */
import { init as initCornerstone, setUseCPURendering } from '@cornerstonejs/core';
import './outlines/outlines.css';
import './page/page.css';
import './pane/mask_layer.css';
import './pane/pane.css';
import './pane/plane_lines.css';
import './pane/span_bars.css';
import './panels/keys_panel.css';
import './panels/panels.css';
import './panels/saving/saving_dock.css';
import './panels/tool_options.css';
import './panels/findings.css';
import './panels/caliper_lengths.css';
import './panels/forms.css';
import './panels/missing_panel.css';
import './panels/ranges.css';
import './panels/view_controls.css';
import './review/review.css';
import './screens/second_screen.css';
import './page/text_size.css';
import { CaseSwitch } from './page/case_switch';
import { Workstation } from './page/workstation';
import { whoDraws } from './painting/who_draws';

const root = document.getElementById('viewer');
if (root) {
  const drawing = whoDraws(window.localStorage);
  initCornerstone({
    rendering: { webGlContextCount: drawing === 'graphics' ? 1 : 0 },
    debug: { statsOverlay: false },
  });
  // Its own drawing without graphics puts places half a pixel off: ours needs none of it, even where there are none.
  setUseCPURendering(false, false);
  const { caseId = '', api = '/api/v1/', frames = '/frames/', csrf = '' } = root.dataset;
  const { person = '', personNumber = '' } = root.dataset;
  const { worklist = '/worklist/', next = '/worklist/next/' } = root.dataset;
  // Which assignment is left changes from case to case.
  const nextPage = next.replace(/\?.*/, '');
  const preferences = JSON.parse(root.dataset.preferences ?? '{}');
  const addresses = { api, frames, worklist, next: nextPage };
  const station = new Workstation(root, addresses, { name: person, number: personNumber }, csrf, preferences, drawing);
  void new CaseSwitch(station).begin(caseId);
}
