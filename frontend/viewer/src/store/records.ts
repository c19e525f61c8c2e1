/** What the reader has made in this case, as this page knows it: one record an identifier, and who listens. */
import type { Annotation, Answer, Finding, Reading } from '../model/reading';

/** What became of a model's suggestion; saved like the others, undone like the others. */
export interface Decision {
  id: string;
  decision: 'accepted' | 'rejected' | null;
  annotation: string | null;
  finding: string | null;
  /** Why it was rejected. */
  reason: string;
  revision: number;
  deleted: boolean;
  owner: string;
}

export interface RecordTypes {
  finding: Finding;
  annotation: Annotation;
  answer: Answer;
  decision: Decision;
}
export type RecordKind = keyof RecordTypes;
export type AnyRecord = RecordTypes[RecordKind];
export const RECORD_KINDS: readonly RecordKind[] = ['finding', 'decision', 'annotation', 'answer'];

export type Address = `${RecordKind}/${string}`;

export function addressOf(kind: RecordKind, id: string): Address {
  return `${kind}/${id}`;
}

export function splitAddress(address: Address): { kind: RecordKind; id: string } {
  const cut = address.indexOf('/');
  return { kind: address.slice(0, cut) as RecordKind, id: address.slice(cut + 1) };
}

/** What the server gives and the reader never edits. */
const SERVER_OWNED = ['revision', 'owner', 'updated_at', 'number', 'score'] as const;
/** Computed on the page from other records; sent, but no act of the reader. */
const COMPUTED = ['size_mm', 'size_source'] as const;

/** A record's content as the reader made it: equal contents need no saving and no step of undo. */
export function contentOf(record: AnyRecord): string {
  const content: Record<string, unknown> = { ...record };
  for (const name of [...SERVER_OWNED, ...COMPUTED]) delete content[name];
  // A speckled mask has many thousand runs: one by one they would take a tenth of a second.
  if ('mask' in record && record.mask) content.mask = record.mask.runs.join();
  return JSON.stringify(content, (_, value: unknown) => sorted(value));
}

/** Objects with their names in one order, so that equal ones are written alike. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export class Records {
  private readonly byAddress = new Map<Address, AnyRecord>();
  private readonly serverStates = new Map<Address, AnyRecord>();
  private readonly listeners = new Set<() => void>();
  /** Counts up whenever a record changes: what was computed from them is stale then. */
  version = 0;

  get<K extends RecordKind>(kind: K, id: string): RecordTypes[K] | undefined {
    return this.byAddress.get(addressOf(kind, id)) as RecordTypes[K] | undefined;
  }

  /** All records of a kind, the deleted ones too, in the order they came. */
  all<K extends RecordKind>(kind: K): RecordTypes[K][] {
    const found: RecordTypes[K][] = [];
    for (const [address, record] of this.byAddress) {
      if (address.startsWith(`${kind}/`)) found.push(record as RecordTypes[K]);
    }
    return found;
  }

  live<K extends RecordKind>(kind: K): RecordTypes[K][] {
    return this.all(kind).filter((record) => !record.deleted);
  }

  put<K extends RecordKind>(kind: K, record: RecordTypes[K]): void {
    this.byAddress.set(addressOf(kind, record.id), record);
    this.announce();
  }

  /** A record as the server last said it was; undefined for one that it never spoke of. */
  ofServer(address: Address): AnyRecord | undefined {
    return this.serverStates.get(address);
  }

  /** Take the server's word: all of it, or only what the server owns when the reader has gone on editing. */
  merge<K extends RecordKind>(kind: K, server: RecordTypes[K], keepContent: boolean): void {
    this.serverStates.set(addressOf(kind, server.id), server);
    const local = this.get(kind, server.id);
    if (!local || !keepContent) {
      const computed: Record<string, unknown> = {};
      for (const name of COMPUTED)
        if (local && name in local) computed[name] = (local as unknown as Record<string, unknown>)[name];
      this.put(kind, { ...server, ...computed });
      return;
    }
    const merged: Record<string, unknown> = { ...local };
    const given = server as unknown as Record<string, unknown>;
    for (const name of SERVER_OWNED) if (given[name] !== undefined) merged[name] = given[name];
    this.put(kind, merged as unknown as RecordTypes[K]);
  }

  /** Scores that followed from another record: nothing else of these answers changed by that. */
  rescore(answers: readonly RecordTypes['answer'][]): void {
    for (const { id, score } of answers) {
      const known = this.serverStates.get(addressOf('answer', id));
      if (known) this.serverStates.set(addressOf('answer', id), { ...known, score } as AnyRecord);
      const local = this.get('answer', id);
      if (local && JSON.stringify(local.score) !== JSON.stringify(score)) this.put('answer', { ...local, score });
    }
  }

  /** The whole reading as the server has it; records that wait to be saved keep what the reader made. */
  mergeReading(
    reading: Pick<Reading, 'findings' | 'annotations' | 'answers' | 'suggestions'>,
    waits: (address: Address) => boolean,
  ): void {
    const take = <K extends RecordKind>(kind: K, records: readonly RecordTypes[K][]): void => {
      for (const record of records) this.merge(kind, record, waits(addressOf(kind, record.id)));
    };
    take('finding', reading.findings);
    take('annotation', reading.annotations);
    take('answer', reading.answers);
    take(
      'decision',
      reading.suggestions.map((s) => ({
        id: s.id,
        decision: s.decision,
        annotation: s.annotation,
        finding: this.get('decision', s.id)?.finding ?? null,
        reason: s.reason,
        revision: 0,
        deleted: false,
        owner: '',
      })),
    );
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  announce(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}
