// The intake's part of /api/v1. An answer that isn't 2xx becomes a Refused with the server's words.

export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }

  /** Whether the same request may succeed later: no connection, the server restarting, or too busy. */
  get isPassing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  get isSignedOut() {
    return this.status === 401 || this.status === 403;
  }
}

function wordsOf(text, status) {
  try {
    const problem = JSON.parse(text);
    return problem.detail || problem.title || `The server answered ${status}.`;
  } catch {
    return `The server answered ${status}.`;
  }
}

export class IntakeApi {
  constructor(root, csrfToken) {
    this.root = root;
    this.headers = { "X-CSRFToken": csrfToken };
  }

  start(source, expectedFiles) {
    return this.#ask("", "POST", { source, expected_files: expectedFiles });
  }

  status(intake) {
    return this.#ask(`/${intake}`, "GET");
  }

  seal(intake) {
    return this.#ask(`/${intake}/seal`, "POST", {});
  }

  async #ask(path, method, body) {
    let answer;
    try {
      answer = await fetch(this.root + path, {
        method,
        credentials: "same-origin",
        headers: { ...this.headers, Accept: "application/json", ...(body && { "Content-Type": "application/json" }) },
        body: body && JSON.stringify(body),
      });
    } catch {
      throw new Refused(0, "The server can't be reached.");
    }
    if (!answer.ok) throw new Refused(answer.status, wordsOf(await answer.text(), answer.status));
    return answer.json();
  }

  /** Send one file; `onBytes(sent)` is told how far it is. XMLHttpRequest, because fetch does not tell. */
  send(intake, name, file, onBytes) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("PUT", `${this.root}/${intake}/files?name=${encodeURIComponent(name)}`);
      for (const [header, value] of Object.entries(this.headers)) request.setRequestHeader(header, value);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.onprogress = (event) => onBytes(event.loaded);
      request.onerror = () => reject(new Refused(0, "The connection was lost."));
      request.onload = () => {
        if (request.status >= 200 && request.status < 300) resolve();
        else reject(new Refused(request.status, wordsOf(request.responseText, request.status)));
      };
      request.send(file);
    });
  }
}
