/**
 * OpenPasses are the requests and WebSockets that were let pass and are under way. Each ends at the instant its session
 * does, and when a new configuration no longer lets it pass: a socket may stay open for days, and whoever was put into
 * a deny group meanwhile must not stay in by it (attack S12).
 */
import { decide, type Subject } from '../../access/index.ts';
import { type Milliseconds, Registrations, type Timer } from '../../base/index.ts';
import type { WebGeneration, WebPorts } from '../ports.ts';
import type { WebRequest } from '../web-request.ts';
import type { PassAnswer } from './gate-answer.ts';

/** How often it is looked whether the configuration is another one. */
const PERIOD: Milliseconds = 1_000;

interface OpenPass {
  readonly web: WebRequest;
  readonly answer: PassAnswer;
  readonly close: () => void;
  /** The configuration under which it was last found to be in order. */
  generation: number;
}

export class OpenPasses {
  readonly #ports: WebPorts;
  readonly #open = new Registrations<OpenPass>();
  readonly #watching: Timer;

  constructor(ports: WebPorts) {
    this.#ports = ports;
    this.#watching = ports.clock.every(PERIOD, () => this.#recheck());
  }

  /** Calls `close` when the pass is over; returns how to forget about it. */
  add(web: WebRequest, answer: PassAnswer, generation: WebGeneration, close: () => void): () => void {
    const pass: OpenPass = { web, answer, close, generation: generation.number };
    const leave = this.#open.add(pass);
    const forget = answer.session === undefined ? undefined : this.#ports.sessions.onEnd(answer.session, close);
    return () => {
      leave();
      forget?.();
    };
  }

  /** Stops looking; ends nothing. */
  close(): void {
    this.#watching.cancel();
  }

  #recheck(): void {
    const generation = this.#open.isEmpty ? undefined : this.#generation();
    if (generation === undefined) return;
    for (const pass of this.#open) {
      if (pass.generation === generation.number) continue;
      if (isStillIn(pass, generation)) pass.generation = generation.number;
      else pass.close();
    }
  }

  /** None may be used while a worker is cut off: then nothing new passes, and this is looked at again in a second. */
  #generation(): WebGeneration | undefined {
    try {
      return this.#ports.generation();
    } catch {
      return undefined;
    }
  }
}

function isStillIn({ web, answer: { service: before, subject } }: OpenPass, { services }: WebGeneration): boolean {
  const service = services.find(web.authority.host, web.target.path);
  if (service?.realm !== before.realm || service.upstream?.origin !== before.upstream?.origin) return false;
  const caller: Subject | undefined = subject === before.visitor ? service.visitor : subject;
  return caller !== undefined && decide(caller, service.rule).permitted;
}
