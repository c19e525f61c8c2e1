/** On the worklist: what closed reading pages left unsent goes out from here, and the reader sees how that stands. */
import { ApiClient } from './api/client';
import { h } from './page/dom';
import type { OtherCase } from './save/other_cases';
import { PageSaving } from './save/page_saving';

function begin(place: HTMLElement): void {
  const { person = '', personNumber = '', csrf = '' } = place.dataset;
  const api = new ApiClient('/api/v1/', '', csrf, { name: person, number: personNumber });
  const saving = new PageSaving(
    (sending) => api.save(sending),
    () => api.keepingKey(),
  );
  let waited = false;
  let shown = '';
  saving.subscribe(() => {
    const { waiting } = saving.others;
    waited ||= waiting.length > 0;
    const signature = JSON.stringify(waiting);
    if (!waited || signature === shown) return;
    shown = signature;
    place.hidden = false;
    place.className = waiting.length > 0 ? 'notice warning' : 'notice success';
    place.replaceChildren(
      ...(waiting.length > 0 ? waiting.map((one) => line(one, saving)) : ['What waited in this browser is saved.']),
    );
  });
  saving.begin(false, () => undefined);
  // The page is about to be left (pages/sign_out.js).
  window.addEventListener('reading-room:send', () => saving.flush());
}

function line({ case: id, unsaved, state, message }: OtherCase, saving: PageSaving): HTMLElement {
  const address = `/cases/${id}/`;
  const title = document.querySelector(`td a[href="${address}"]`)?.textContent ?? 'a case that is not in this list';
  const count = unsaved === 1 ? '1 change' : `${unsaved} changes`;
  const open = h('a', { href: address }, 'Open it');
  if (state === 'conflict') return h('div', {}, `${count} of ${title}: changed elsewhere too. `, open, ' and choose.');
  if (state === 'refused') {
    const sure = (): boolean => window.confirm('It is in this browser alone, and gone afterwards. Give it up?');
    const giveUp = h(
      'button',
      { type: 'button', class: 'small', onclick: () => sure() && saving.others.giveUp(id) },
      'Give up',
    );
    return h('div', {}, `${count} of ${title} not accepted: ${message} `, giveUp);
  }
  const tried = h('button', { type: 'button', class: 'small', onclick: () => saving.flush() }, 'Try now');
  const why = state === 'full' ? 'the server has no room' : 'the server cannot be reached';
  if (state === 'saving') return h('div', {}, `${count} of ${title}: being saved…`);
  return h('div', {}, `${count} of ${title} ${unsaved === 1 ? 'waits' : 'wait'} in this browser: ${why}. `, tried);
}

const place = document.getElementById('unsaved-changes');
if (place) begin(place);
