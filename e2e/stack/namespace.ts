import { mkdirSync } from "node:fs";
import { LongRunning, run } from "./programs.ts";

/** A network (and mount) namespace of its own: a machine of the test, without a machine. Needs root. */
export class Namespace {
  readonly #holder: LongRunning;

  private constructor(holder: LongRunning) {
    this.#holder = holder;
  }

  /** `mounts`: folders of the test that take the place of the machine's own, inside only. */
  static async create(mounts: { from: string; to: string }[] = []): Promise<Namespace> {
    for (const { from } of mounts) mkdirSync(from, { recursive: true });
    const pairs = mounts.flatMap(({ from, to }) => [from, to]);
    // The arguments arrive as "$@": nothing of them is read as a script.
    const script =
      'set -e; ip link set lo up; while [ $# -gt 0 ]; do mkdir -p "$2"; mount --bind "$1" "$2"; shift 2; done; ' +
      "echo ready; exec sleep infinity";
    const holder = new LongRunning("unshare", ["--net", "--mount", "sh", "-c", script, "sh", ...pairs]);
    await holder.printed(/ready/);
    return new Namespace(holder);
  }

  get pid(): number {
    return this.#holder.process.pid!;
  }

  /** The words before a command that make it run inside. */
  get enter(): [string, ...string[]] {
    return ["nsenter", "--target", String(this.pid), "--net", "--mount", "--"];
  }

  run(program: string, ...args: string[]): Promise<string> {
    const [enter, ...rest] = this.enter;
    return run(enter, [...rest, program, ...args]);
  }

  start(program: string, args: string[], env?: NodeJS.ProcessEnv): LongRunning {
    const [enter, ...rest] = this.enter;
    return new LongRunning(enter, [...rest, program, ...args], env);
  }

  async remove(): Promise<void> {
    await this.#holder.stop("SIGKILL");
  }
}

/** A cable between two namespaces, with an address at each end. */
export async function connect(
  one: { namespace: Namespace; device: string; address: string },
  other: { namespace: Namespace; device: string; address: string },
): Promise<void> {
  const link = ["link", "add", one.device, "netns", String(one.namespace.pid), "type", "veth"];
  await run("ip", [...link, "peer", "name", other.device, "netns", String(other.namespace.pid)]);
  for (const end of [one, other]) {
    await end.namespace.run("ip", "address", "add", `${end.address}/24`, "dev", end.device);
    await end.namespace.run("ip", "link", "set", end.device, "up");
  }
}
