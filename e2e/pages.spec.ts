import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { makeJoinToken } from "./stack/connect-host.ts";
import { live, navigation, rowOf } from "./stack/find.ts";
import { type Gate, hold } from "./stack/gate.ts";
import { lineOf, stampOf } from "./stack/growing-log.ts";
import { PageWatch } from "./stack/page-watch.ts";
import { createAdmin } from "./stack/people.ts";
import { World } from "./stack/world.ts";

/** Public addresses that location databases place; nothing is ever sent to them. */
const FROM_CHINA = "218.92.0.31";
const FROM_BRAZIL = "177.54.144.20";
const FROM_GERMANY = "5.9.61.10";
const VIEWER = { name: "Vera Lindt", email: "vera@example.org", password: "a viewer's long password" };
const PAGES = ["/", "/map", "/bans", "/feed", "/hosts", "/actions", `/ip/${FROM_CHINA}`];
const NARROW = { width: 390, height: 844 };
const WIDE = { width: 1440, height: 900 };
const TAG = "<img src=x onerror=alert(1)>";

/**
 * What people see and do, on the built app in Chromium, with a real fail2ban behind it. The tests build on each other:
 * a log is imported, then a host is connected, then it is acted on, and at last the app goes away and comes back.
 */
test.describe.configure({ mode: "serial" });

test.describe("the pages", () => {
  let world: World;
  let page: Page;
  let watch: PageWatch;
  let joinToken: string;

  test.beforeAll(async () => {
    test.setTimeout(300_000);
    world = await World.create();
    const token = await world.app.start();
    await world.host.startFail2ban();
    page = await world.browser.newPage({ viewport: WIDE });
    watch = new PageWatch(page);
    await createAdmin(page, world.origin, token!);
    joinToken = await makeJoinToken(page);
  });
  test.afterAll(async () => {
    await world?.remove();
  });

  test.describe("a log that is imported in the browser", () => {
    const log = { name: "fail2ban.log", mimeType: "text/plain", buffer: Buffer.from(logOf(FROM_CHINA, 30)) };
    const packed = {
      name: "fail2ban.log.2.gz",
      mimeType: "application/gzip",
      buffer: gzipSync(logOf(FROM_BRAZIL, 20)),
    };
    let keep: Gate;
    const said = () => page.getByRole("region", { name: "Or import a log file" });

    test("is one of a host without an agent, as is said before", async () => {
      await expect(said()).toContainText("Not for a host whose agent is connected");
    });

    test("says how far it is, and what it stored", async () => {
      // The page goes on to the overview after the first event; here it stays until all files were sent.
      keep = await hold(page, (url) => url.pathname === "/" && url.searchParams.has("_rsc"));
      const upload = await hold(page, (url) => url.pathname === "/api/import");
      await page.getByLabel("Log files").setInputFiles(log);
      await expect(said()).toContainText("Reading fail2ban.log");
      await expect(said().getByRole("progressbar", { name: "Read so far" })).toBeVisible();
      await expect(said().getByRole("button", { name: "Stop" })).toBeVisible();
      upload.open();
      await expect(said()).toContainText("fail2ban.log: 30 events stored");
      await expect(said()).toContainText("32 lines read");
    });

    test("is unpacked when it ends in .gz", async () => {
      await page.getByLabel("Log files").setInputFiles(packed);
      await expect(said()).toContainText("fail2ban.log.2.gz: 20 events stored");
    });

    test("adds nothing when it comes again, packed or not", async () => {
      await page.getByLabel("Log files").setInputFiles(log);
      await expect(said()).toContainText("fail2ban.log: 0 events stored");
      await expect(said()).toContainText("30 events were stored before");
      await page
        .getByLabel("Log files")
        .setInputFiles({ ...log, name: "a.gz", buffer: gzipSync(log.buffer) });
      await expect(said()).toContainText("a.gz: 0 events stored");
      keep.open();
    });

    test("is what the overview counts", async () => {
      await expect(page.getByRole("region", { name: "Where from" })).toContainText(
        "50 attacks from 2 addresses",
      );
      const countries = page.getByRole("region", { name: "Countries" });
      await expect(countries.getByRole("listitem").filter({ hasText: "China" })).toContainText("3060.0 %");
      await expect(countries.getByRole("listitem").filter({ hasText: "Brazil" })).toContainText("2040.0 %");
    });
  });

  test("a host is connected, and what its fail2ban bans is on the page", async () => {
    world.startAgent("--server", world.server, "--join", joinToken);
    for (const address of [FROM_CHINA, FROM_BRAZIL, FROM_GERMANY]) world.host.failLogins(address, 4);
    await page.goto(`${world.origin}/bans`);
    for (const address of [FROM_CHINA, FROM_BRAZIL, FROM_GERMANY]) {
      await expect(rowOf(page, address)).toBeVisible();
    }
  });

  test("a wrong password gets one sentence and no session, the right one signs in", async () => {
    await world.app.command(`${VIEWER.password}\n`, "user", "add", VIEWER.email, "--name", VIEWER.name);
    const viewer = await world.browser.newPage({ viewport: WIDE });
    await viewer.goto(`${world.origin}/bans`);
    await expect(viewer).toHaveURL(/\/sign-in/);
    await signIn(viewer, "not the password of Vera");
    await expect(viewer.getByRole("alert").filter({ hasText: /./ })).toHaveText(
      "The e-mail address or the password is wrong.",
    );
    expect((await viewer.context().cookies()).map(({ name }) => name)).toEqual([]);
    await viewer.goto(`${world.origin}/bans`);
    await expect(viewer).toHaveURL(/\/sign-in/);
    await signIn(viewer, VIEWER.password);
    await expect(navigation(viewer)).toBeVisible();
    await viewer.context().close();
  });

  test("a password never stands in an address, not even when it is sent before the page's script runs", async () => {
    const early = await world.browser.newPage({ javaScriptEnabled: false });
    await early.goto(`${world.origin}/sign-in`);
    const answered = early.waitForResponse((response) => response.request().isNavigationRequest());
    await signIn(early, VIEWER.password);
    expect((await answered).status()).toBeLessThan(500);
    await expect(early).toHaveURL(`${world.origin}/sign-in`);
    await early.context().close();
  });

  test("a viewer sees every page, and nothing on it that changes anything", async () => {
    const viewer = await signedInViewer();
    const changing = /ban|undo|connect|revoke|make the line|choose file/i;
    for (const path of PAGES) {
      await viewer.goto(world.origin + path);
      await expect(live(viewer)).toBeVisible();
      await expect(viewer.getByRole("main").getByRole("button", { name: changing })).toHaveCount(0);
    }
    await viewer.goto(`${world.origin}/bans`);
    await expect(viewer.getByRole("checkbox")).toHaveCount(0);
    await rowOf(viewer, FROM_CHINA)
      .getByRole("button", { name: `Actions for ${FROM_CHINA}` })
      .click();
    await expect(viewer.getByRole("menuitem")).toHaveText([
      "Copy the address",
      "Show its story",
      "Show its events",
    ]);
    const refused = await viewer.evaluate(async () => {
      const answer = await fetch("/api/import?name=x", { method: "POST", body: "a log" });
      return answer.status;
    });
    expect(refused).toBe(403);
    await viewer.context().close();
  });

  test("who was signed out on the server lands on the door with the next click", async () => {
    const viewer = await signedInViewer();
    expect(await world.app.command("", "user", "sign-out", VIEWER.email)).toMatch(/sessions? of vera/);
    await navigation(viewer).getByRole("link", { name: "Bans" }).click();
    await expect(viewer).toHaveURL(/\/sign-in/);
    await expect(viewer.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await viewer.context().close();
  });

  test("the keyboard alone moves, asks, gives the focus back, and unbans", async () => {
    await page.goto(`${world.origin}/bans`);
    await expect(live(page)).toBeVisible();
    const rows = page.locator("[data-row]");
    await page.keyboard.press("j");
    await expect(rows.nth(0)).toBeFocused();
    await page.keyboard.press("j");
    await expect(rows.nth(1)).toBeFocused();
    await expect(rows.nth(1)).toHaveCSS("outline-style", "solid");
    await page.keyboard.press("k");
    await expect(rows.nth(0)).toBeFocused();
    const address = (await rows.nth(0).getAttribute("data-row"))!;
    const question = page.getByRole("form", { name: `Unban ${address}` });
    await page.keyboard.press("u");
    await expect(question.getByRole("button", { name: "Unban on 1 host" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(question).toBeHidden();
    await expect(rows.and(page.locator(`[data-row="${address}"]`))).toBeFocused();
    expect(await world.host.bannedByFail2ban()).toContain(address);
    await page.keyboard.press("u");
    await expect(question).toBeVisible();
    await page.keyboard.press("Control+Enter");
    await expect(question).toBeHidden();
    await expect(rows.and(page.locator(`[data-row="${address}"]`))).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("region", { name: "Unban" }).first()).toContainText("Verified");
    expect(await world.host.bannedByFail2ban()).not.toContain(address);
    expect(await world.host.firewall()).not.toContain(address);
  });

  test("a phone shows every page in its width, and unbans through the menu of the row", async () => {
    const phone = await onPhone();
    for (const path of [...PAGES, "/sign-in"]) {
      await phone.goto(world.origin + path);
      await expect(phone.getByRole("heading").first()).toBeAttached();
      if (path !== "/sign-in") await expect(live(phone)).toBeAttached();
      const width = () => phone.evaluate(() => document.documentElement.scrollWidth);
      await expect.poll(width, `${path} is no wider than the phone`).toBe(NARROW.width);
    }
    const [address] = await world.host.bannedByFail2ban();
    await phone.goto(`${world.origin}/bans`);
    await expect(live(phone)).toBeAttached();
    await rowOf(phone, address!)
      .getByRole("button", { name: `Actions for ${address}` })
      .tap();
    await phone.getByRole("menuitem", { name: "Unban" }).tap();
    const open = rowOf(phone, address!).getByRole("button", { name: `Show ${address} on each host` });
    await open.tap();
    await expect(phone.getByRole("region", { name: "Unban" }).first()).toContainText("Verified");
    expect(await world.host.bannedByFail2ban()).not.toContain(address);
    await phone.context().close();
  });

  test("hostile text of a log is shown as text, counted where it can't be read, and costs no other line", async () => {
    watch.take();
    const nowMs = Date.now();
    const file = join(world.host.logFolder, "fail2ban.log");
    const found = (jail: string, subject: string) =>
      `${stampOf(nowMs)},000 fail2ban.filter         [812]: INFO    [${jail}] Found ${subject} - ${stampOf(nowMs)}\n`;
    appendFileSync(file, found(TAG, "203.0.113.66"));
    appendFileSync(file, found("e\u202evil\u0007\u200b\u001b[31m", "203.0.113.67"));
    appendFileSync(file, found("names", "<script>alert(2)</script>"));
    appendFileSync(file, found("names", "admin] Ban 203.0.113.99"));
    appendFileSync(file, `${"A".repeat(1024 * 1024)}\n`);
    appendFileSync(file, Buffer.concat([noise(4096), Buffer.from("\n")]));
    appendFileSync(file, lineOf({ address: "203.0.113.68", timeMs: nowMs }));

    await page.goto(`${world.origin}/feed`);
    const events = page.getByRole("table", { name: "Events" });
    await expect(events.getByRole("row").filter({ hasText: "203.0.113.68" })).toContainText("Failed attempt");
    await expect(events.getByRole("row").filter({ hasText: "203.0.113.66" })).toContainText(TAG);
    await expect(events.getByRole("row").filter({ hasText: "203.0.113.67" })).toContainText(
      "e\ufffdvil\ufffd",
    );
    await expect(events.getByText("<script>alert(2)</script>")).toBeVisible();
    await expect(events.getByRole("row").filter({ hasText: "admin] Ban 203.0.113.99" })).toContainText(
      "Failed attempt",
    );
    for (const path of ["/", "/feed", "/map", "/ip/203.0.113.66", "/ip/203.0.113.67"]) {
      await page.goto(world.origin + path);
      await expect(live(page)).toBeVisible();
      const text = await page.locator("body").innerText();
      // oxlint-disable-next-line no-control-regex -- They are what must not be there.
      expect(text, path).not.toMatch(
        /[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/,
      );
      await expect(page.locator("img[src=x]")).toHaveCount(0);
    }
    await page.goto(`${world.origin}/ip/203.0.113.99`);
    await expect(page.getByRole("main")).not.toContainText("Banned");
    await page.goto(`${world.origin}/hosts`);
    await page
      .getByRole("row")
      .filter({ hasText: "1.0.2" })
      .getByRole("button", { name: /^Show what / })
      .click();
    const logRow = page
      .getByRole("region", { name: "Logs" })
      .getByRole("row")
      .filter({ hasText: "fail2ban.log" });
    // The agent tells its counters every 10 s, and the page hears of them no more often than that.
    await expect(logRow.getByRole("cell").nth(4), "unreadable lines").toHaveText("2", { timeout: 30_000 });
    expect(watch.take()).toEqual([]);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`no page complains on its console in the ${colorScheme}`, async () => {
      watch.take();
      await page.emulateMedia({ colorScheme });
      for (const path of [...PAGES, "/sign-in", "/setup"]) {
        await page.goto(world.origin + path);
        await expect(page.getByRole("heading").first()).toBeAttached();
        if (PAGES.includes(path)) await expect(live(page)).toBeVisible();
        const background = await page.evaluate(
          () => getComputedStyle(document.documentElement).backgroundColor,
        );
        const [red = 0] = background.match(/\d+/g)?.map(Number) ?? [];
        expect(red > 127, `${path} is ${colorScheme}: ${background}`).toBe(colorScheme === "light");
      }
      expect(watch.take()).toEqual([]);
    });
  }

  test("a page says since when it is offline, and shows what happened meanwhile when the app is back", async () => {
    world.host.failLogins(FROM_BRAZIL, 4);
    await page.goto(`${world.origin}/bans`);
    await expect(rowOf(page, FROM_BRAZIL)).toBeVisible();
    await page.evaluate(() => document.body.setAttribute("data-not-reloaded", ""));
    await world.app.stop("SIGTERM");
    await expect(page.getByRole("status").filter({ hasText: "Offline" })).toHaveText(
      /Offline since \d\d:\d\d:\d\d/,
    );
    await expect(page.getByRole("button", { name: "Ban an address…" })).toBeDisabled();
    await rowOf(page, FROM_BRAZIL).hover();
    for (const name of ["Unban", "Ban permanently"]) {
      await expect(rowOf(page, FROM_BRAZIL).getByRole("button", { name, exact: true })).toBeDisabled();
    }
    const meanwhile = "5.9.61.11";
    world.host.failLogins(meanwhile, 4);
    await expect.poll(() => world.host.bannedByFail2ban()).toContain(meanwhile);
    await world.app.start();
    await expect(live(page)).toBeVisible({ timeout: 30_000 });
    await expect(rowOf(page, meanwhile)).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole("button", { name: "Ban an address…" })).toBeEnabled();
    await expect(page.locator("body[data-not-reloaded]")).toHaveCount(1);
  });

  test("a page that can't be made while the database is away comes back by itself", async () => {
    process.kill(world.app.databasePid, "SIGKILL");
    await page.goto(`${world.origin}/bans`);
    await expect(page.getByRole("alert").filter({ hasText: "nothing was changed" })).toBeVisible();
    await world.app.stop("SIGKILL");
    await world.app.start();
    await expect(page.getByRole("heading", { name: "Active bans" })).toBeVisible({ timeout: 30_000 });
    await expect(live(page)).toBeVisible();
  });

  async function signIn(at: Page, password: string): Promise<void> {
    await at.getByLabel("E-mail").fill(VIEWER.email);
    await at.getByLabel("Password", { exact: true }).fill(password);
    await at.getByRole("button", { name: "Sign in" }).click();
  }

  async function signedInViewer(): Promise<Page> {
    const viewer = await world.browser.newPage({ viewport: WIDE });
    await viewer.goto(`${world.origin}/sign-in`);
    await signIn(viewer, VIEWER.password);
    await expect(navigation(viewer)).toBeVisible();
    return viewer;
  }

  async function onPhone(): Promise<Page> {
    const storageState = await page.context().storageState();
    const options = { viewport: NARROW, hasTouch: true, isMobile: true, storageState };
    const context: BrowserContext = await world.browser.newContext(options);
    return context.newPage();
  }
});

/** Failures of the last hours, and two lines that are none. */
function logOf(address: string, failures: number): string {
  const beginMs = Date.now() - 3 * 3_600_000;
  const lines = Array.from({ length: failures }, (_, index) =>
    lineOf({ address, timeMs: beginMs + index * 60_000 }),
  );
  const other = `${stampOf(beginMs)},000 fail2ban.server         [812]: INFO    Observer start...\n`;
  return other + lines.join("") + other;
}

/** The same bytes each time, without a line break, most of them no text. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 12_345;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const byte = (state >>> 16) & 0xff;
    bytes[index] = byte === 0x0a ? 0 : byte;
  }
  return bytes;
}
