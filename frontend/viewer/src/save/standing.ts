/** How saving stands, as the reader is told: what is stuck and why, and all of it in one line. Changes nothing. */
import { addressOf, type RecordKind, splitAddress } from '../store/records';
import type { Keeper } from './keeper';
import type { Line } from './line';
import type { Log, Logs } from './logs';
import type { Conflict, Refusal } from './sending';
import { type SaveSummary, summaryOf } from './summary';

export class Standing {
  constructor(
    private readonly logs: Logs,
    private readonly keeper: Keeper,
    private readonly line: Line,
  ) {}

  trouble(kind: RecordKind, id: string): { phase: 'refused' | 'conflict'; message: string } | null {
    const log = this.logs.get(addressOf(kind, id));
    if (log?.phase === 'conflict') return { phase: log.phase, message: 'Changed elsewhere too: choose below.' };
    return log?.phase === 'refused' ? { phase: log.phase, message: log.message } : null;
  }

  conflicts(): Conflict[] {
    return this.stuck('conflict').map((log) => ({
      ...splitAddress(log.address),
      current: log.current,
      message: log.message,
    }));
  }

  refusals(): Refusal[] {
    return this.stuck('refused').map((log) => ({ ...splitAddress(log.address), message: log.message }));
  }

  /** @param held changes that wait for others of the same record to go first. */
  summary(held: number): SaveSummary {
    const { all, changes } = this.logs;
    return summaryOf({
      unsaved: changes + held,
      unkept: all.reduce((sum, log) => sum + log.changes.filter((c) => !this.keeper.keeps(c.id)).length, 0),
      conflicts: this.stuck('conflict').length,
      refused: this.stuck('refused').length,
      moving: all.filter((log) => this.logs.moves(log)).length,
      line: this.line.state,
      trouble: this.keeper.trouble,
    });
  }

  private stuck(phase: 'refused' | 'conflict'): Log[] {
    return this.logs.all.filter((log) => log.phase === phase);
  }
}
