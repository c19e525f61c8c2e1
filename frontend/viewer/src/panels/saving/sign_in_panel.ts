/** The session has ended while reading: the same person signs in again here, and nothing else changes. */
import { h, setText } from '../../page/dom';
import type { Panel } from '../panel';

export interface SigningIn {
  /** The name of the person whose page this is. */
  person: string;
  /** Null when it went well, else why not. */
  signIn(password: string): Promise<string | null>;
  /** What waits until then. */
  waiting(): { isSignedOut: boolean; words: string; why: string };
  done(): void;
}

export class SignInPanel implements Panel {
  readonly element: HTMLElement;
  private readonly password: HTMLInputElement;
  private readonly button = h('button', { class: 'primary' }, 'Sign in and go on');
  private readonly why = h('p', {});
  private readonly trouble = h('p', { class: 'trouble', role: 'alert', hidden: true });

  constructor(private readonly signing: SigningIn) {
    this.password = h('input', {
      type: 'password',
      id: 'sign-in-again',
      name: 'password',
      autocomplete: 'current-password',
      required: true,
    });
    const form = h(
      'form',
      { class: 'sign-in' },
      h('h2', {}, 'Signed out'),
      this.why,
      h('input', { type: 'text', name: 'username', autocomplete: 'username', value: signing.person, hidden: true }),
      h('label', { for: 'sign-in-again' }, 'Password of ', h('strong', {}, signing.person)),
      h('div', { class: 'field' }, this.password, this.button),
      this.trouble,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.submit();
    });
    this.element = h('section', { class: 'panel', 'aria-label': 'Sign in again', hidden: true }, form);
  }

  update(): void {
    const { isSignedOut, words, why } = this.signing.waiting();
    this.element.hidden = !isSignedOut;
    setText(this.why, `${why} ${words}`);
  }

  private async submit(): Promise<void> {
    this.button.disabled = true;
    const refusal = await this.signing.signIn(this.password.value);
    this.button.disabled = false;
    this.password.value = '';
    this.trouble.hidden = refusal === null;
    setText(this.trouble, refusal ?? '');
    if (refusal === null) this.signing.done();
    else this.password.focus();
  }
}
