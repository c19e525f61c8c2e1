/** The server's /api/v1 as the viewer uses it. Every failure becomes words that a reader can act on. */
import type { Annotation, Answer, Finding, Manifest, Reading } from '../model/types';
import type { Outcome } from '../save/outcome';
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

export class ApiClient {
  constructor(
    private readonly base: string,
    private readonly caseId: string,
    private readonly csrfToken: string,
  ) {}

  manifest(): Promise<Manifest> {
    return this.get<Manifest>(`cases/${this.caseId}/manifest`);
  }

  reading(): Promise<Reading> {
    return this.get<Reading>(`cases/${this.caseId}/reading`);
  }

  /** Note that reading of the case begins. */
  async open(): Promise<void> {
    const response = await this.request('POST', `cases/${this.caseId}/open`, {});
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

  async submit(assignment: string): Promise<Submitted> {
    const response = await this.request('POST', `assignments/${assignment}/submit`, {});
    if (!response.ok) throw await failure(response);
    return (await response.json()) as Submitted;
  }

  /** Keep how the person likes this page; resolves to words when that failed. */
  async savePreferences(content: unknown): Promise<string | null> {
    try {
      const response = await this.request('PUT', 'me/preferences', content);
      return response.ok ? null : (await failure(response)).message;
    } catch {
      return 'the server could not be reached.';
    }
  }

  /** Tell how long a sitting has lasted. A lost word is made good by the next one. */
  async tellTime(assignment: string, sitting: string, seconds: number, leaving: boolean): Promise<void> {
    const path = `assignments/${assignment}/reading-times/${sitting}`;
    await this.request('PUT', path, { active_seconds: seconds }, leaving).catch(() => undefined);
  }

  /** Save one record: PUT, DELETE, or a decision on a suggestion. Never throws. */
  async save(kind: RecordKind, record: AnyRecord, keepalive: boolean): Promise<Outcome> {
    const { method, path, body } = requestFor(kind, record);
    let response: Response;
    try {
      response = await this.request(method, path, body, keepalive);
    } catch {
      return { type: 'unreachable', message: 'The server could not be reached.' };
    }
    return readOutcome(kind, response);
  }

  private async get<T>(path: string): Promise<T> {
    const response = await this.request('GET', path);
    if (!response.ok) throw await failure(response);
    return (await response.json()) as T;
  }

  private request(method: string, path: string, body?: unknown, keepalive = false): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json' };
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

interface SaveRequest {
  method: 'PUT' | 'DELETE' | 'POST';
  path: string;
  body?: unknown;
}

const PATHS = { finding: 'findings', annotation: 'annotations', answer: 'answers' } as const;

/** How a record's state is told to the server. */
export function requestFor(kind: RecordKind, record: AnyRecord): SaveRequest {
  if (kind === 'decision') return decisionRequest(record as Decision);
  const path = `${PATHS[kind]}/${record.id}`;
  if (record.deleted) return { method: 'DELETE', path: `${path}?revision=${record.revision}` };
  return { method: 'PUT', path, body: bodyOf(kind, record) };
}

function decisionRequest({ id, decision, annotation, finding }: Decision): SaveRequest {
  if (decision === 'accepted') {
    return { method: 'POST', path: `suggestions/${id}/accept`, body: { annotation, finding } };
  }
  if (decision === 'rejected') return { method: 'POST', path: `suggestions/${id}/reject`, body: {} };
  return { method: 'POST', path: `suggestions/${id}/undo`, body: {} };
}

function bodyOf(kind: RecordKind, record: AnyRecord): unknown {
  if (kind === 'finding') {
    const { id, case: caseId, kind: findingKind, name, revision } = record as Finding;
    return { id, case: caseId, kind: findingKind, name, revision };
  }
  if (kind === 'annotation') {
    const { owner: _owner, deleted: _deleted, updated_at: _at, ...sent } = record as Annotation;
    return sent;
  }
  const { id, case: caseId, finding, schema, answers, revision, size_mm = null } = record as Answer;
  return { id, case: caseId, finding, schema, answers, revision, size_mm };
}

async function readOutcome(kind: RecordKind, response: Response): Promise<Outcome> {
  if (response.ok) {
    if (kind === 'decision') return { type: 'saved', record: null };
    return { type: 'saved', record: (await response.json()) as AnyRecord };
  }
  if (response.status === 401) return { type: 'signed-out', message: 'You are signed out.' };
  if (response.status >= 500 || response.status === 429 || response.status === 408) {
    return { type: 'unreachable', message: `The server answered ${response.status}.` };
  }
  const problem = await problemOf(response);
  const message = wordsOf(problem, response);
  if (response.status === 403 && /sign|credential|csrf|authenticat/i.test(message))
    return { type: 'signed-out', message };
  if (response.status === 409 && problem.current) return { type: 'conflict', current: problem.current, message };
  return { type: 'refused', message };
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
  return problem.path ? `${words} (${problem.path})` : words;
}

function cookie(name: string): string | null {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : null;
}
