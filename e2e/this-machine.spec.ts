import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, expect, test } from "@playwright/test";
import { BanwatchApp } from "./stack/banwatch-app.ts";
import { launchBrowser } from "./stack/browser.ts";
import { createAdmin } from "./stack/people.ts";
import { ProtectedHost, until } from "./stack/protected-host.ts";

const ATTACKER = "218.92.0.31";

/** One machine for all: the hobbyist's server, with fail2ban and Banwatch on it. */
test.describe("this machine", () => {
  let host: ProtectedHost;
  let app: BanwatchApp;
  let browser: Browser;

  test.beforeAll(async () => {
    test.setTimeout(300_000);
    const folder = mkdtempSync(join(tmpdir(), "banwatch-machine-"));
    chmodSync(folder, 0o755);
    host = await ProtectedHost.create(join(folder, "host"));
    app = new BanwatchApp(host.namespace, join(folder, "data"));
    browser = await launchBrowser(host.namespace, folder);
  });
  test.afterAll(async () => {
    await browser?.close();
    await app?.stop();
    await host?.remove();
  });

  test("is watched with one click, with all that its log held before", async () => {
    await host.startFail2ban();
    host.failLogins(ATTACKER, 4);
    await until("fail2ban bans", async () => (await host.bannedByFail2ban()).includes(ATTACKER));
    const token = await app.start();
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await createAdmin(page, "http://127.0.0.1:3000", token!);
    const watch = page.getByRole("button", { name: "Watch this machine" });
    // A click that comes before the page's script does nothing, and is made again, as a person would.
    await expect(async () => {
      if (await watch.isVisible()) await watch.click({ timeout: 1_000 });
      await expect(watch).toHaveCount(0, { timeout: 1_000 });
    }).toPass({ timeout: 20_000 });
    await expect(page.getByRole("region", { name: "Live feed" })).toContainText(ATTACKER);
    await expect(page.getByRole("region", { name: "Answers" })).toContainText(/Blocked now\s*1\s*address/);

    await page.goto("http://127.0.0.1:3000/bans");
    const row = page.getByRole("row").filter({ hasText: ATTACKER }).first();
    await row.hover();
    await row.getByRole("button", { name: "Unban", exact: true }).click();
    await expect(row).toContainText(/verified in/);
    expect(await host.bannedByFail2ban()).toEqual([]);
  });

  test("is still watched after Banwatch was stopped and started again", async () => {
    await app.stop("SIGTERM");
    await until("the agent ended with the app", async () => (await agents()) === 0);
    await app.start();
    await until("the agent runs again", async () => (await agents()) > 0);
  });

  async function agents(): Promise<number> {
    const processes = await host.namespace.run("ps", "-eo", "pid,args");
    const stateDirectory = `--state ${app.dataDir}/agent`;
    return processes.split("\n").filter((line) => line.includes(stateDirectory)).length;
  }
});
