// What the page shows of an upload: numbers, bar, errors, and what can be done now.

const SMOOTH = 0.3;
const LISTED_ERRORS = 200;

export function byteWords(bytes) {
  let value = bytes;
  for (const unit of ["bytes", "kB", "MB", "GB"]) {
    if (value < 1000 || unit === "GB") return `${unit === "bytes" || value >= 100 ? Math.round(value) : value.toFixed(1)} ${unit}`;
    value /= 1000;
  }
}

export function timeWords(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

export class UploadView {
  #rate = null;
  #last = null;

  constructor(root) {
    const part = (name) => root.querySelector(`[data-${name}]`);
    this.zone = part("zone");
    this.note = part("note");
    this.panel = part("progress");
    this.bar = part("bar");
    this.files = part("files");
    this.bytes = part("bytes");
    this.speed = part("speed");
    this.hint = part("hint");
    this.trouble = part("trouble");
    this.troubleWords = part("trouble-words");
    this.tryNow = part("try-now");
    this.goOn = part("go-on");
    this.errors = part("errors");
    this.errorList = part("error-list");
    this.errorHead = part("error-head");
    this.retryFailed = part("retry-failed");
    this.sealButton = part("seal");
  }

  set isOver(over) {
    this.zone.classList.toggle("over", over);
  }

  say(words) {
    this.note.textContent = words;
    this.note.hidden = !words;
  }

  /** `missing`: files that neither arrived nor wait here; `isKept`: whether a reload can go on by itself. */
  show(sender, { missing, isKept }) {
    const totals = sender.totals;
    this.panel.hidden = false;
    this.bar.max = Math.max(1, totals.bytes);
    this.bar.value = totals.bytesDone;
    this.files.textContent = `${totals.filesDone} of ${totals.files} files`;
    this.bytes.textContent = `${byteWords(totals.bytesDone)} of ${byteWords(totals.bytes)}`;
    this.speed.textContent = this.#speed(sender, totals);
    this.hint.textContent = isKept
      ? "You may reload or leave this page: the upload goes on when you come back."
      : "Keep this page open. If you leave it, drop the same folder again: what has arrived is not sent twice.";
    this.hint.hidden = sender.isIdle;
    this.#showTrouble(sender);
    this.#showErrors(sender, missing);
  }

  #speed(sender, totals) {
    if (sender.isIdle || sender.pause || sender.stopped) {
      this.#last = null;
      return "";
    }
    const now = performance.now();
    if (this.#last && now - this.#last.at < 500) return this.speed.textContent;
    if (this.#last) {
      const rate = ((totals.bytesDone - this.#last.bytes) / (now - this.#last.at)) * 1000;
      this.#rate = this.#rate === null ? rate : this.#rate * (1 - SMOOTH) + rate * SMOOTH;
    }
    this.#last = { at: now, bytes: totals.bytesDone };
    if (!this.#rate || this.#rate < 1) return "";
    return `${byteWords(this.#rate)}/s · about ${timeWords((totals.bytes - totals.bytesDone) / this.#rate)} left`;
  }

  #showTrouble(sender) {
    this.trouble.hidden = !sender.pause && !sender.stopped;
    this.tryNow.hidden = !sender.pause;
    this.goOn.hidden = !sender.stopped;
    if (sender.pause) {
      const seconds = Math.max(1, Math.round((sender.pause.until - Date.now()) / 1000));
      this.troubleWords.textContent = `The connection was lost. Trying again in ${seconds} s; nothing that arrived is lost.`;
    } else if (sender.stopped) {
      this.troubleWords.textContent = `${sender.stopped.message} If you were signed out, sign in in another tab, then continue here.`;
    }
  }

  #showErrors(sender, missing) {
    const failed = [...sender.failed];
    const waitsForDrop = missing > 0 && sender.isIdle;
    this.errors.hidden = !failed.length && !waitsForDrop;
    const heads = [];
    if (failed.length) heads.push(`${failed.length} ${failed.length === 1 ? "file" : "files"} could not be sent.`);
    if (waitsForDrop) {
      heads.push(
        `${missing} ${missing === 1 ? "file has" : "files have"} not arrived. Drop the same folder again: what has arrived is skipped.`,
      );
    }
    this.errorHead.textContent = heads.join(" ");
    this.retryFailed.hidden = !failed.length || !sender.isIdle;
    this.sealButton.hidden = !sender.isIdle || sender.sent.size === 0;
    this.errorList.replaceChildren(
      ...failed.slice(0, LISTED_ERRORS).map(([name, reason]) => {
        const line = document.createElement("li");
        line.textContent = `${name}: ${reason}`;
        return line;
      }),
    );
  }
}
