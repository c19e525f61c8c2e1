/** The server's /api/v1/label-schemas as the editor uses it. Every failure becomes words. */
import type { Score } from '../model/reading';
import type { Definition, Draft } from './draft';

export interface Fault {
  path: string;
  detail: string;
}

export interface SavedDraft extends Draft {
  key: string;
  revision: number;
  based_on: number | null;
  changed_by: string;
  faults: readonly Fault[];
}

export interface Checked {
  faults: readonly Fault[];
  tried: { score: Partial<Score> | null; path: string; detail: string } | null;
}

export interface Change {
  path: string;
  words: string;
  breaks: boolean;
  scores: boolean;
}

export interface Comparison {
  keeps_answers: boolean;
  keeps_scores: boolean;
  groups: readonly { title: string; changes: readonly Change[] }[];
}

export interface Example {
  answer: string;
  case: string;
  finding: string;
  title: string;
}

export interface Found {
  schema: string | null;
  answers: number;
  valid: number;
  invalid: number;
  changed: number;
  points_changed: number;
  faults: readonly { path: string; reason: string; count: number; examples: readonly Example[] }[];
  more_faults: number;
  levels: readonly { system: string; before: string; after: string; count: number; examples: readonly Example[] }[];
}

export interface DryRun {
  found: Found | null;
  job: { id: string; state: string; percent: number; doing: string; error: string } | null;
}

export class ServerError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly path = '',
    readonly current: SavedDraft | null = null,
  ) {
    super(message);
  }
}

export class SchemaServer {
  private readonly base: string;

  constructor(
    api: string,
    readonly key: string,
    private readonly csrf: string,
    private readonly person: string,
  ) {
    this.base = `${api}label-schemas/${key}`;
    this.checks = `${api}label-schema-checks`;
  }

  private readonly checks: string;

  save(draft: Draft, revision: number): Promise<SavedDraft> {
    return this.ask('PUT', `${this.base}/draft`, { ...draft, title: draft.title.trim() }, revision);
  }

  check(draft: Draft, answers: unknown, size: number | null, signal: AbortSignal): Promise<Checked> {
    const body = { title: draft.title, definition: draft.definition, answers, size_mm: size };
    return this.ask('POST', this.checks, body, null, signal);
  }

  compare(old: number): Promise<Comparison> {
    return this.ask('GET', `${this.base}/comparison?old=${old}&new=draft`);
  }

  tryOnAnswers(revision: number): Promise<DryRun> {
    return this.ask('POST', `${this.base}/draft/dry-run`, { revision });
  }

  tried(job: string): Promise<DryRun> {
    return this.ask('GET', `${this.base}/draft/dry-run?job=${job}`);
  }

  rebase(revision: number): Promise<SavedDraft> {
    return this.ask('POST', `${this.base}/draft/rebase`, { revision });
  }

  publish(revision: number, reason: string): Promise<{ version: number; definition: Definition }> {
    return this.ask('POST', `${this.base}/draft/publish`, { revision, reason });
  }

  private async ask<T>(
    method: string,
    path: string,
    body?: unknown,
    revision: number | null = null,
    signal?: AbortSignal,
  ): Promise<T> {
    let response: Response;
    try {
      response = await fetch(path, {
        method,
        credentials: 'same-origin',
        cache: 'no-store',
        headers: {
          'X-CSRFToken': this.csrf,
          'X-Person': this.person,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(revision === null ? {} : { 'If-Match': `"${revision}"` }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new ServerError(0, 'The server could not be reached. What you wrote is kept in this browser.');
    }
    if (response.ok) return (await response.json()) as T;
    const told = (await response.json().catch(() => ({}))) as {
      detail?: string;
      path?: string;
      current?: SavedDraft;
    };
    const words = response.status === 401 ? 'You were signed out: sign in again in another tab, then go on here.' : '';
    throw new ServerError(
      response.status,
      words || told.detail || `The server answered ${response.status}.`,
      told.path ?? '',
      told.current ?? null,
    );
  }
}
