import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser } from "@playwright/test";
import { BanwatchApp } from "./banwatch-app.ts";
import { launchBrowser } from "./browser.ts";
import { connect, Namespace } from "./namespace.ts";
import type { LongRunning } from "./programs.ts";
import { ProtectedHost } from "./protected-host.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
/** The two ends of a cable between two namespaces of the test's own (addresses for documentation, RFC 5737). */
const APP_ADDRESS = "192.0.2.1";
const HOST_ADDRESS = "192.0.2.2";

/** A machine with the app and a browser, a host with fail2ban, and a cable between them. */
export class World {
  readonly folder: string;
  readonly appMachine: Namespace;
  readonly app: BanwatchApp;
  readonly host: ProtectedHost;
  readonly browser: Browser;
  #agent: LongRunning | null = null;

  private constructor(folder: string, appMachine: Namespace, host: ProtectedHost, browser: Browser) {
    this.folder = folder;
    this.appMachine = appMachine;
    this.app = new BanwatchApp(appMachine, join(folder, "data"));
    this.host = host;
    this.browser = browser;
  }

  static async create(): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), "banwatch-world-"));
    // The database's account passes through it.
    chmodSync(folder, 0o755);
    const appMachine = await Namespace.create();
    const host = await ProtectedHost.create(join(folder, "host"));
    await connect(
      { namespace: appMachine, device: "hosts", address: APP_ADDRESS },
      { namespace: host.namespace, device: "uplink", address: HOST_ADDRESS },
    );
    return new World(folder, appMachine, host, await launchBrowser(appMachine, folder));
  }

  /** Where the browser finds the app. */
  get origin(): string {
    return `http://127.0.0.1:${this.app.port}`;
  }

  /** Where hosts find the app. */
  get server(): string {
    return `http://${APP_ADDRESS}:${this.app.port}`;
  }

  /** Starts the agent on the host as its administrator would, with every default. */
  startAgent(...options: string[]): LongRunning {
    const program = ["--disable-warning=ExperimentalWarning", resolve(PROJECT, "cli/main.ts")];
    this.#agent = this.host.namespace.start(process.execPath, [...program, "agent", ...options]);
    return this.#agent;
  }

  async killAgent(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    await this.#agent?.stop(signal);
  }

  async remove(): Promise<void> {
    await this.killAgent();
    await this.browser.close();
    await this.app.stop();
    await this.host.remove();
    await this.appMachine.remove();
  }
}
