/** What stands above a case that can't be marked, or that was given back. */
import type { Manifest } from '../model/manifest';

export function bannerWords(reading: Manifest['reading']): string {
  if (reading.may_review) return '';
  if (reading.locked || reading.state === 'submitted') {
    return 'Submitted: this reading can be looked at, not changed. Only an admin can give it back.';
  }
  if (reading.may_annotate && reading.returned) return `Given back to you: ${reading.returned}`;
  return reading.may_annotate ? '' : 'You may look at this case, not mark it.';
}
