import { expect, type Locator, type Page, test } from "@playwright/test";
import { makeJoinLine } from "./stack/connect-host.ts";
import { createAdmin } from "./stack/people.ts";
import { until } from "./stack/protected-host.ts";
import { World } from "./stack/world.ts";

/** Public addresses that location databases place; nothing is ever sent to them. */
const FROM_CHINA = "218.92.0.31";
const FROM_BRAZIL = "177.54.144.20";
const FROM_GERMANY = "5.9.61.10";

/**
 * The main job on real parts: a real fail2ban bans in a real nftables, a real agent reports it to the built app, and
 * what a person clicks in Chromium is done on that firewall. The tests build on each other.
 */
test.describe.configure({ mode: "serial" });

test.describe("the main job", () => {
  let world: World;
  let page: Page;
  let token: string | null;

  test.beforeAll(async () => {
    test.setTimeout(300_000);
    world = await World.create();
    token = await world.app.start();
    await world.host.startFail2ban();
    page = await world.browser.newPage({ viewport: { width: 1440, height: 900 } });
  });
  test.afterAll(async () => {
    await world?.remove();
  });

  test("the one-time link makes the admin, once", async () => {
    await createAdmin(page, world.origin, token!);
    await expect(page.getByRole("heading", { name: "Connect your first host" })).toBeVisible();
    const stranger = await world.browser.newContext();
    const second = await stranger.newPage();
    await second.goto(`${world.origin}/setup?token=${token}`);
    await expect(second.getByRole("link", { name: /sign in/i })).toBeVisible();
    await expect(second.getByLabel("Password")).toHaveCount(0);
    await stranger.close();
  });

  test("the line on the page connects the host, with nothing but Node.js and curl on it", async () => {
    // The browser of the test is on the app's machine: the host knows the app by another name.
    const line = (await makeJoinLine(page)).replaceAll(world.origin, world.server);
    expect(line).toContain(`${world.server}/agent/banwatch.tgz`);
    const enrolment = world.host.namespace.start("sh", ["-c", `${line} --once`]);
    await enrolment.ended;
    expect(enrolment.process.exitCode, enrolment.output).toBe(0);
    world.startAgent();
    await goTo("Hosts");
    await expect(page.getByRole("row").filter({ hasText: "1.0.2" })).toContainText("Healthy");
  });

  test("a real ban is seen: in the feed, counted, in the country table and on the map", async () => {
    await goTo("Overview");
    world.host.failLogins(FROM_CHINA, 4);
    await expect(page.getByRole("region", { name: "Live feed" })).toContainText(`${FROM_CHINA}banned`);
    await expect(page.getByRole("region", { name: "Countries" })).toContainText("China");
    await expect(page.getByRole("region", { name: "Answers" })).toContainText(/Blocked now\s*1\s*address/);
    await expect(page.getByRole("region", { name: "Where from" })).toContainText("4 attacks from 1 address");
    expect(await world.host.bannedByFail2ban()).toEqual([FROM_CHINA]);
    expect(await world.host.firewall()).toContain(FROM_CHINA);
  });

  test("Unban lifts it on the real firewall, and only then the page says verified", async () => {
    await goTo("Bans");
    await act(FROM_CHINA, "Unban");
    await expectVerified(FROM_CHINA, "Unban");
    expect(await world.host.bannedByFail2ban()).toEqual([]);
    expect(await world.host.firewall()).not.toContain(FROM_CHINA);
  });

  test("Ban permanently puts it into the agent's own table", async () => {
    world.host.failLogins(FROM_BRAZIL, 4);
    await goTo("Bans");
    await act(FROM_BRAZIL, "Ban permanently");
    await page.getByRole("button", { name: "Ban permanently on 1 host" }).click();
    await expectVerified(FROM_BRAZIL, "Ban permanently");
    await expect(rowOf(FROM_BRAZIL)).toContainText("Permanent");
    expect(await bannedByBanwatch()).toContain(FROM_BRAZIL);
  });

  test("the permanent ban outlives fail2ban's own unban and a restart of fail2ban", async () => {
    await world.host.fail2ban("set", "sshd", "unbanip", FROM_BRAZIL);
    await world.host.restartFail2ban();
    expect(await world.host.bannedByFail2ban()).toEqual([]);
    expect(await bannedByBanwatch()).toContain(FROM_BRAZIL);
    await expect(rowOf(FROM_BRAZIL)).toContainText("Permanent");
  });

  test("it is back after the agent was killed and the table flushed, as after a reboot", async () => {
    await world.killAgent("SIGKILL");
    await world.host.namespace.run("nft", "flush", "ruleset");
    expect(await world.host.firewall()).not.toContain(FROM_BRAZIL);
    world.startAgent();
    await until("the ban is back", async () => (await bannedByBanwatch()).includes(FROM_BRAZIL));
  });

  test("it is put back by a running agent when somebody takes it out", async () => {
    await world.host.namespace.run("nft", "delete", "table", "inet", "banwatch");
    await until("the ban is back", async () => (await bannedByBanwatch()).includes(FROM_BRAZIL), 30_000);
  });

  test("an unban for a host that is offline waits, and is done when it returns", async () => {
    world.host.failLogins(FROM_GERMANY, 4);
    await expect(rowOf(FROM_GERMANY)).toBeVisible();
    await world.killAgent("SIGKILL");
    await act(FROM_GERMANY, "Unban");
    await expect(rowOf(FROM_GERMANY)).toBeVisible();
    await open(FROM_GERMANY);
    await expect(page.getByRole("region", { name: "Unban" })).toContainText("Queued");
    expect(await world.host.bannedByFail2ban()).toContain(FROM_GERMANY);
    world.startAgent();
    await expectVerified(FROM_GERMANY, "Unban");
    expect(await world.host.bannedByFail2ban()).not.toContain(FROM_GERMANY);
  });

  test("Undo lifts the permanent ban again", async () => {
    await page.goto(`${world.origin}/actions`);
    const entry = page.getByRole("row").filter({ hasText: FROM_BRAZIL }).first();
    await entry.getByRole("button", { name: /Undo/ }).click();
    await until("the ban is lifted", async () => !(await bannedByBanwatch()).includes(FROM_BRAZIL));
  });

  for (const [address, why] of [
    ["not-an-address", /neither an IPv4 nor an IPv6 address/],
    ["127.0.0.1", /loopback/],
    ["192.168.1.7", /private/],
    ["192.0.2.2", /an address of your host/],
    ["192.0.2.1", /Banwatch.s own/],
  ] as const) {
    test(`${address} can't be banned, and the page says why`, async () => {
      await page.goto(`${world.origin}/bans`);
      await page.getByRole("button", { name: "Ban an address…" }).click();
      await page
        .getByLabel(/address/i)
        .last()
        .fill(address);
      const dialog = page.getByRole("dialog");
      await expect(dialog).toContainText(why);
      await expect(dialog.getByRole("button", { name: /^Ban .* on/ })).toHaveCount(0);
    });
  }

  async function goTo(name: string): Promise<void> {
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
  }

  function rowOf(address: string): Locator {
    return page.getByRole("row").filter({ hasText: address }).first();
  }

  async function act(address: string, name: string): Promise<void> {
    await rowOf(address).hover();
    await rowOf(address).getByRole("button", { name, exact: true }).click();
  }

  async function open(address: string): Promise<void> {
    const button = rowOf(address).getByRole("button", { name: `Show ${address} on each host` });
    if ((await button.getAttribute("aria-expanded")) === "false") await button.click();
  }

  async function expectVerified(address: string, action: string): Promise<void> {
    await open(address);
    await expect(page.getByRole("region", { name: action }).first()).toContainText("Verified");
  }

  async function bannedByBanwatch(): Promise<string> {
    return world.host.namespace.run("nft", "list", "table", "inet", "banwatch");
  }
});
