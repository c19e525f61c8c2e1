// Signing out: files that wait to be sent are forgotten; changes of readings that wait stay, sealed, and that is said first.

import { forgetEverything } from "./upload/kept.js";
import { countUnsent } from "./unsent.js";

const LOOK_AGAIN_MS = 1000;

const count = (number) => (number === 1 ? "1 change waits" : `${number} changes wait`);

function button(words, act, kind = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = kind;
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

/** The question, above the page's content; it takes nothing away from the page. */
class WaitingPanel {
  #element = document.createElement("section");
  #words = document.createElement("p");
  #timer = 0;

  constructor() {
    this.#element.className = "notice warning sign-out-question";
    this.#element.setAttribute("aria-label", "Not sent yet");
    this.#words.setAttribute("role", "status");
  }

  say(words, ...buttons) {
    this.#words.textContent = words;
    this.#element.replaceChildren(this.#words, ...buttons);
    document.querySelector("main").prepend(this.#element);
  }

  /** Other words beside the same buttons, which keep the focus. */
  tell(words) {
    this.#words.textContent = words;
  }

  focus() {
    this.#element.querySelector("button")?.focus();
  }

  every(milliseconds, act) {
    this.stop();
    this.#timer = window.setInterval(act, milliseconds);
  }

  stop() {
    window.clearInterval(this.#timer);
  }

  close() {
    this.stop();
    this.#element.remove();
  }
}

export function guardSignOut(form) {
  const panel = new WaitingPanel();
  const leave = async () => {
    panel.stop();
    // They belong to whoever dropped them: the next person must not find them.
    await Promise.race([forgetEverything(), new Promise((resolve) => setTimeout(resolve, 1000))]);
    form.submit();
  };
  const stay = button("Stay signed in", () => panel.close(), "quiet");

  const ask = (unsent) => {
    const they = unsent === 1 ? "it stays" : "they stay";
    panel.say(
      `${count(unsent)}; ${they} on this computer, encrypted, until you sign in here again.`,
      button("Wait and send", waitAndSend, "primary"),
      button("Sign out anyway", leave),
      stay,
    );
    panel.focus();
  };

  const waitAndSend = () => {
    // What closed reading pages left is sent by the worklist; open ones send their own.
    if (!document.getElementById("unsaved-changes")) {
      window.location.assign("/worklist/");
      return;
    }
    const look = async () => {
      window.dispatchEvent(new Event("reading-room:send"));
      const unsent = await countUnsent(form).catch(() => null);
      if (unsent === 0) {
        panel.tell("Everything is sent. Signing out…");
        void leave();
        return;
      }
      const now = unsent === null ? "The server can't be reached; it is tried again" : `Sending: ${count(unsent)}`;
      panel.tell(`${now}. You are signed out when everything is sent.`);
    };
    panel.say("Sending…", button("Sign out anyway", leave), stay);
    panel.focus();
    panel.every(LOOK_AGAIN_MS, look);
    void look();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const unsent = await countUnsent(form);
      if (unsent > 0) ask(unsent);
      else await leave();
    } catch {
      panel.say("The server can't be reached: nobody can be signed out until it can.", button("Try again", () => form.requestSubmit(), "primary"), stay);
      panel.focus();
    }
  });
}
