/** A few workers that share the decoding; one that dies is replaced, and what it was at is tried once more. */
import type { Decoded, DecodedFrame, DecodeJob, DecodeReply, DecodeRequest, WarmUp } from './decode_worker';

interface Job {
  id: number;
  request: DecodeJob;
  since: number;
  attempts: number;
  resolve: (frame: DecodedFrame) => void;
  reject: (error: Error) => void;
}

/** What the pool needs of a Worker. */
export interface DecodeWorker {
  onmessage: ((event: MessageEvent<DecodeReply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(request: DecodeRequest | WarmUp, transfer: Transferable[]): void;
  terminate(): void;
}

/** A job that has waited this long goes before newer ones. */
const PATIENCE_MS = 300;
/** A worker that has worked before takes a job up at once, unless it has died without a word. */
const TAKES_UP_MS = 3000;
/** A new one has its code to load; and the largest frames take two seconds on a slow machine. */
const SILENCE_MS = 30_000;
/** So many deaths in a row, without a picture between them, are no accident. */
const MOST_DEATHS = 8;
const SPARE_ROOM = 1.25;

/**
 * Which of the waiting jobs, oldest first, is decoded next: the newest, for that is what the reader just asked for,
 * unless the oldest has waited too long.
 */
export function nextJob(waiting: readonly { since: number }[], now: number): number {
  const oldest = waiting[0];
  return oldest && now - oldest.since > PATIENCE_MS ? 0 : waiting.length - 1;
}

/** One that is large enough: the one at hand, or another with room for frames that are a little larger. */
function carrierFor(length: number, atHand: ArrayBuffer | null): ArrayBuffer {
  return atHand && atHand.byteLength >= length ? atHand : new ArrayBuffer(Math.ceil(length * SPARE_ROOM));
}

function newWorker(): DecodeWorker {
  return new Worker(new URL('./decode_worker.ts', import.meta.url), { type: 'module' });
}

interface Member {
  worker: DecodeWorker;
  job: Job | null;
  /** Takes bytes to the worker and comes back; none while it is there, or has been lost with a worker. */
  carrier: ArrayBuffer | null;
  proven: boolean;
  alarm: ReturnType<typeof setTimeout> | undefined;
}

export class DecodePool {
  private readonly members: Member[];
  private readonly waiting: Job[] = [];
  private last = 0;
  private deaths = 0;

  constructor(
    size = Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1)),
    private readonly make: () => DecodeWorker = newWorker,
  ) {
    this.members = Array.from({ length: size }, () => this.enlist());
  }

  /** Pictures that need the codec are on their way: load it meanwhile. */
  warmUp(): void {
    for (const { worker } of this.members) worker.postMessage({ warmUp: true }, []);
  }

  decode(request: DecodeJob): Promise<DecodedFrame> {
    return new Promise((resolve, reject) => {
      const job = { id: ++this.last, request, since: performance.now(), attempts: 0, resolve, reject };
      this.waiting.push(job);
      this.pump();
    });
  }

  private enlist(): Member {
    const member: Member = { worker: this.make(), job: null, carrier: null, proven: false, alarm: undefined };
    member.worker.onmessage = ({ data }) => {
      if ('began' in data) this.watch(member, SILENCE_MS);
      else this.finish(member, data);
    };
    member.worker.onerror = (event) => {
      event.preventDefault();
      this.replace(member);
    };
    return member;
  }

  /** One job a worker: what is handed over can't be overtaken any more. */
  private pump(): void {
    for (const member of this.members) {
      if (member.job) continue;
      const [job] = this.waiting.splice(nextJob(this.waiting, performance.now()), 1);
      if (!job) return;
      member.job = job;
      job.attempts += 1;
      this.watch(member, member.proven ? TAKES_UP_MS : SILENCE_MS);
      const { bytes, ...rest } = job.request;
      const carrier = carrierFor(bytes.byteLength, member.carrier);
      new Uint8Array(carrier).set(new Uint8Array(bytes));
      member.carrier = null;
      member.worker.postMessage({ ...rest, id: job.id, carrier, length: bytes.byteLength }, [carrier]);
    }
  }

  private watch(member: Member, ms: number): void {
    clearTimeout(member.alarm);
    member.alarm = setTimeout(() => this.replace(member), ms);
  }

  private finish(member: Member, reply: Decoded): void {
    const { job } = member;
    if (!job || job.id !== reply.id) return;
    member.carrier = reply.carrier;
    clearTimeout(member.alarm);
    member.job = null;
    member.proven = true;
    this.deaths = 0;
    if ('frame' in reply) job.resolve(reply.frame);
    else job.reject(new Error(reply.error));
    this.pump();
  }

  /** A worker died, of a broken codec or for want of memory: another takes its place. */
  private replace(member: Member): void {
    const place = this.members.indexOf(member);
    if (place < 0) return;
    clearTimeout(member.alarm);
    member.worker.terminate();
    const { job } = member;
    this.deaths += 1;
    if (this.deaths > MOST_DEATHS) {
      this.members.splice(place, 1);
      const lost = this.members.length === 0 ? this.waiting.splice(0) : [];
      for (const one of [...(job ? [job] : []), ...lost]) one.reject(new Error('the decoder could not be started'));
      if (this.members.length === 0) this.startAgainLater();
      return;
    }
    this.members[place] = this.enlist();
    if (job && job.attempts < 2) this.waiting.push(job);
    else job?.reject(new Error('the decoder stopped at this picture, twice'));
    this.pump();
  }

  /** Nobody is left; a reader who tries again later finds a decoder, or the reason once more. */
  private startAgainLater(): void {
    this.deaths = MOST_DEATHS - 1;
    this.members.push(this.enlist());
  }
}
