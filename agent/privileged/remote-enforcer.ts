import type { Enforcer, Fail2banLook, RuleLook } from "../firewall/enforcer.ts";
import { answerSchema, type VerbRequest } from "./verbs.ts";

/** The other end of the line: where requests go, and where answers come from. */
export type Line = {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
};

type Waiting = { resolve: (value: never) => void; reject: (error: Error) => void };

/** The verbs, carried out by the privileged process. */
export class RemoteEnforcer implements Enforcer {
  readonly #line: Line;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(line: Line) {
    this.#line = line;
    line.onMessage((message) => this.#take(message));
  }

  async probe() {
    return await this.#ask<Awaited<ReturnType<Enforcer["probe"]>>>({ verb: "probe", args: [] });
  }
  async list() {
    return await this.#ask<Awaited<ReturnType<Enforcer["list"]>>>({ verb: "list", args: [] });
  }
  async listRules() {
    return await this.#ask<Awaited<ReturnType<Enforcer["listRules"]>>>({ verb: "listRules", args: [] });
  }
  async sessions() {
    return await this.#ask<string[]>({ verb: "sessions", args: [] });
  }
  async lookInFail2ban(prefix: string) {
    return await this.#ask<Fail2banLook>({ verb: "lookInFail2ban", args: [prefix] });
  }
  async lookInRules(prefix: string) {
    return await this.#ask<RuleLook>({ verb: "lookInRules", args: [prefix] });
  }
  async unban(prefix: string): Promise<void> {
    await this.#ask({ verb: "unban", args: [prefix] });
  }
  async ban(prefix: string, jails: string[]): Promise<void> {
    await this.#ask({ verb: "ban", args: [prefix, jails] });
  }
  async allow(rules: { deny: string[]; allow: string[] }): Promise<void> {
    await this.#ask({ verb: "allow", args: [rules] });
  }

  async #ask<T>(request: WithoutId<VerbRequest>): Promise<T> {
    this.#lastId += 1;
    const id = this.#lastId;
    return await new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#line.send({ ...request, id });
    });
  }

  #take(message: unknown): void {
    const answer = answerSchema.safeParse(message);
    if (!answer.success) return;
    const waiting = this.#waiting.get(answer.data.id);
    this.#waiting.delete(answer.data.id);
    if (answer.data.error === undefined) waiting?.resolve(answer.data.value as never);
    else waiting?.reject(new Error(answer.data.error));
  }
}

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
