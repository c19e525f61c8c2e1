/** The server's /api/v1 as the viewer uses it. Every failure becomes words that a reader can act on. */
import type { Manifest } from '../model/manifest';
import type { Annotation, Answer, Finding, Reading, Suggestion } from '../model/reading';
import type { AskedOutline, OutlineAnswer } from '../outlines/outlining';
import type { AdjudicationJson, CaseReviewJson, CommentJson } from '../review/records';
import type { KeepingKey } from '../save/browser_outbox';
import type { Outcome } from '../save/outcome';
import type { Sending } from '../save/sending';
import type { AnyRecord, Decision, RecordKind } from '../store/records';

interface Problem {
  title?: string;
  detail?: string;
  path?: string;
  current?: AnyRecord | null;
}

export class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface Submitted {
  next: string | null;
}

/** Whose page this is: their name, and their number, under which alone the server may take what is sent. */
export interface PagePerson {
  name: string;
  number: string;
}

export class ApiClient {
  constructor(
    private readonly base: string,
    private readonly caseId: string,
    private readonly csrfToken: string,
    private readonly person: PagePerson,
  ) {}

  manifest(): Promise<Manifest> {
    return this.get<Manifest>(`cases/${this.caseId}/manifest`);
  }

  reading(): Promise<Reading> {
    return this.get<Reading>(`cases/${this.caseId}/reading`);
  }

  /** Note that reading of the case begins. */
  async open(): Promise<void> {
    const response = await this.request('POST', `cases/${this.caseId}/open`, { body: {} });
    if (!response.ok) throw await failure(response);
  }

  /** The case that comes behind an assignment in the reader's worklist; null when all are submitted. */
  async nextCase(assignment: string): Promise<string | null> {
    const next = await this.get<{ assignment: { case: string } | null }>(`worklist/next?after=${assignment}`);
    return next.assignment?.case ?? null;
  }

  /** The case before an assignment in the worklist; null before the first. */
  async previousCase(assignment: string): Promise<string | null> {
    const next = await this.get<{ assignment: { case: string } | null }>(`worklist/previous?before=${assignment}`);
    return next.assignment?.case ?? null;
  }

  /** `step`: which of a second read's answers the page shows; nothing else has more than one. */
  async submit(assignment: string, step: 'unaided' | 'final'): Promise<Submitted> {
    const response = await this.request('POST', `assignments/${assignment}/submit`, { body: { step } });
    if (!response.ok) throw await failure(response);
    return (await response.json()) as Submitted;
  }

  /** Keep how the person likes this page, though it be left at once; resolves to words when that failed. */
  async savePreferences(content: unknown): Promise<string | null> {
    try {
      const response = await this.request('PUT', 'me/preferences', { body: content, keepalive: true });
      return response.ok ? null : (await failure(response)).message;
    } catch {
      return 'the server could not be reached.';
    }
  }

  /** Tell how long a sitting has lasted. A lost word is made good by the next one. */
  async tellTime(assignment: string, sitting: string, seconds: number, leaving: boolean): Promise<void> {
    const path = `assignments/${assignment}/reading-times/${sitting}`;
    await this.request('PUT', path, { body: { active_seconds: seconds }, keepalive: leaving }).catch(() => undefined);
  }

  /** Save one change: PUT, DELETE, or a decision on a suggestion. Never throws. */
  async save({ kind, record, change, keepalive }: Sending): Promise<Outcome> {
    const { method, path, body, builds } = requestFor(kind, record, change);
    let response: Response;
    try {
      response = await this.request(method, path, { body, headers: builds, keepalive });
      return await readOutcome(kind, response);
    } catch {
      return { type: 'unreachable', message: 'The server could not be reached.' };
    }
  }

  /** What the server has of a record; null when it has none, or shows it to this person no more. */
  async current(kind: RecordKind, id: string): Promise<AnyRecord | null> {
    if (kind === 'decision') return null;
    try {
      return await this.get<AnyRecord>(`${PATHS[kind]}/${id}`);
    } catch (error) {
      if (error instanceof RequestError && error.status === 404) return null;
      throw error;
    }
  }

  async keepingKey(): Promise<KeepingKey> {
    const response = await this.request('POST', 'me/keeping-key', { body: {} });
    if (!response.ok) throw await failure(response);
    return (await response.json()) as KeepingKey;
  }

  /** Begin a new session of this page's person, in place of whatever session there is. Null, or why not, in words. */
  async signInAgain(password: string): Promise<string | null> {
    try {
      // The page of signing in gives the browser a CSRF token where the old one has gone.
      if (!cookie('csrftoken')) await fetch('/sign-in/', { credentials: 'same-origin' });
      const response = await this.request('POST', 'auth/session', { body: { username: this.person.name, password } });
      return response.ok ? null : wordsOf(await problemOf(response), response);
    } catch {
      return 'The server could not be reached.';
    }
  }

  /** Ask a program to outline something; what it makes is private to who asks. */
  async askOutline(asked: AskedOutline): Promise<OutlineAnswer> {
    return readOutline(await this.request('POST', `cases/${this.caseId}/outlines`, { body: asked }));
  }

  async outline(id: string): Promise<OutlineAnswer> {
    return readOutline(await this.request('GET', `outlines/${id}`));
  }

  caseReview(): Promise<CaseReviewJson> {
    return this.get<CaseReviewJson>(`cases/${this.caseId}/review`);
  }

  adjudication(): Promise<AdjudicationJson> {
    return this.get<AdjudicationJson>(`cases/${this.caseId}/adjudication`);
  }

  async decide(assignment: string, verdict: string, reason: string): Promise<void> {
    const response = await this.request('POST', `assignments/${assignment}/review`, { body: { verdict, reason } });
    if (!response.ok) throw await failure(response);
  }

  async saveComment(comment: CommentJson): Promise<CommentJson> {
    const { id, author: _author, created_at: _at, ...body } = comment;
    const response = await this.request('PUT', `review-comments/${id}`, { body });
    if (!response.ok) throw await failure(response);
    return (await response.json()) as CommentJson;
  }

  async deleteComment(id: string): Promise<void> {
    const response = await this.request('DELETE', `review-comments/${id}`);
    if (!response.ok) throw await failure(response);
  }

  /** The next case that waits for review, or the one before; null when none does. */
  async caseToReview(back: boolean): Promise<string | null> {
    const found = await this.get<{ case: string | null }>(`reviews/next?after=${this.caseId}&back=${back}`);
    return found.case;
  }

  private async get<T>(path: string): Promise<T> {
    const response = await this.request('GET', path);
    if (!response.ok) throw await failure(response);
    return (await response.json()) as T;
  }

  private request(method: string, path: string, more: RequestDetails = {}): Promise<Response> {
    const { body, keepalive = false } = more;
    const headers: Record<string, string> = { Accept: 'application/json', ...more.headers };
    if (this.person.number) headers['X-Person'] = this.person.number;
    if (method !== 'GET') headers['X-CSRFToken'] = cookie('csrftoken') ?? this.csrfToken;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    return fetch(this.base + path, {
      method,
      headers,
      credentials: 'same-origin',
      keepalive,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: keepalive ? undefined : AbortSignal.timeout(20_000),
    });
  }
}

interface RequestDetails {
  body?: unknown;
  headers?: Record<string, string>;
  keepalive?: boolean;
}

interface SaveRequest {
  method: 'PUT' | 'DELETE' | 'POST';
  path: string;
  body?: unknown;
  /** The state that it builds on. */
  builds?: Record<string, string>;
}

const PATHS = { finding: 'findings', annotation: 'annotations', answer: 'answers' } as const;

/** How a change is told to the server. */
export function requestFor(kind: RecordKind, record: AnyRecord, change: string): SaveRequest {
  if (kind === 'decision') return decisionRequest(record as Decision);
  const path = `${PATHS[kind]}/${record.id}`;
  const builds: Record<string, string> =
    record.revision === 0 ? { 'If-None-Match': '*' } : { 'If-Match': `"${record.revision}"` };
  if (record.deleted) return { method: 'DELETE', path: `${path}?revision=${record.revision}&change=${change}`, builds };
  return { method: 'PUT', path, body: { ...bodyOf(kind, record), change }, builds };
}

function decisionRequest({ id, decision, annotation, finding, reason }: Decision): SaveRequest {
  if (decision === 'accepted') {
    return { method: 'POST', path: `suggestions/${id}/accept`, body: { annotation, finding } };
  }
  if (decision === 'rejected') return { method: 'POST', path: `suggestions/${id}/reject`, body: { reason } };
  return { method: 'POST', path: `suggestions/${id}/undo`, body: {} };
}

function bodyOf(kind: RecordKind, record: AnyRecord): object {
  if (kind === 'finding') {
    const { id, case: caseId, kind: findingKind, name, revision } = record as Finding;
    return { id, case: caseId, kind: findingKind, name, revision };
  }
  if (kind === 'annotation') {
    const { owner: _owner, deleted: _deleted, updated_at: _at, ...sent } = record as Annotation;
    return sent;
  }
  const { deleted: _deleted, owner: _owner, score: _score, updated_at: _at, case: caseId, ...sent } = record as Answer;
  return { size_mm: null, size_source: '', ...sent, case: caseId };
}

const SESSION_ENDED = 'Your session has ended.';

async function readOutcome(kind: RecordKind, response: Response): Promise<Outcome> {
  const { status } = response;
  if (response.ok) {
    const answer = (await response.json()) as unknown;
    if (kind !== 'decision') {
      const { refreshed = [], ...record } = answer as AnyRecord & { refreshed?: readonly Answer[] };
      return { type: 'saved', record: record as AnyRecord, refreshed };
    }
    return { type: 'saved', record: null, mark: (answer as { annotation: Annotation | null }).annotation };
  }
  const problem = await problemOf(response);
  const message = wordsOf(problem, response);
  if (status === 401) return { type: 'signed-out', message: /somebody else/i.test(message) ? message : SESSION_ENDED };
  if (status === 507) return { type: 'full', message };
  if (status === 500) return { type: 'failed', message };
  if (status > 500 || status === 429 || status === 408) return { type: 'unreachable', message };
  if (status === 403 && /csrf|credential/i.test(message)) return { type: 'signed-out', message: SESSION_ENDED };
  if (status === 412) return { type: 'conflict', current: problem.current ?? null, message };
  return { type: status === 409 ? 'closed' : 'refused', message };
}

async function readOutline(response: Response): Promise<OutlineAnswer> {
  if (!response.ok) {
    // Where the fault lies in what was sent says nothing to who clicked.
    const { path: _path, ...problem } = await problemOf(response);
    throw new RequestError(response.status, wordsOf(problem, response));
  }
  const answer = (await response.json()) as Suggestion & { state?: string };
  return response.status === 202 ? { waiting: answer.id } : { suggestion: answer };
}

async function failure(response: Response): Promise<RequestError> {
  return new RequestError(response.status, wordsOf(await problemOf(response), response));
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return {};
  }
}

function wordsOf(problem: Problem, response: Response): string {
  const words = problem.detail || problem.title || `The server answered ${response.status}.`;
  // Which schema it is about stands in the words.
  return problem.path && problem.path !== 'schema' ? `${words} (${problem.path})` : words;
}

function cookie(name: string): string | null {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : null;
}
