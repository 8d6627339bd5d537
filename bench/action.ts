import { createAdmin } from "../e2e/stack/people.ts";
import { connectHost } from "../e2e/stack/connect-host.ts";
import { World } from "../e2e/stack/world.ts";
import { percentile } from "./percentile.ts";

/**
 * From the click on Unban until the page says that it is verified on the host's firewall, beside what
 * `fail2ban-client set JAIL unbanip` alone takes on the same machine.
 */
const short = process.argv.includes("--short");
const ROUNDS = short ? 5 : 40;

const world = await World.create();
try {
  const token = await world.app.start();
  await world.host.startFail2ban();
  const page = await world.browser.newPage({ viewport: { width: 1440, height: 900 } });
  await createAdmin(page, world.origin, token!);
  await connectHost(world, page);
  await page.goto(`${world.origin}/bans`);
  const clicks: number[] = [];
  const clients: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    clients.push(await timeClient(`198.51.100.${round + 1}`));
    clicks.push(await timeClick(`203.0.113.${round + 1}`));
  }
  const figures = {
    rounds: ROUNDS,
    unbanP50Ms: percentile(clicks, 0.5),
    unbanP95Ms: percentile(clicks, 0.95),
    fail2banClientMs: percentile(clients, 0.5),
    fail2banClientP95Ms: percentile(clients, 0.95),
    aboveClientMs: percentile(clicks, 0.95) - percentile(clients, 0.95),
  };
  console.table(figures);
  console.log(JSON.stringify(figures));

  async function timeClient(address: string): Promise<number> {
    await world.host.fail2ban("set", "sshd", "banip", address);
    const startedAt = performance.now();
    await world.host.fail2ban("set", "sshd", "unbanip", address);
    return Math.round(performance.now() - startedAt);
  }

  /** By the browser's own clock, from the event of the click to the change of the text. */
  async function timeClick(address: string): Promise<number> {
    await world.host.fail2ban("set", "sshd", "banip", address);
    const row = page.getByRole("row").filter({ hasText: address }).first();
    await row.waitFor();
    await row.hover();
    await page.evaluate((wanted) => {
      const timing: { clicked?: number; verified?: number } = {};
      Object.assign(window, { timing });
      document.addEventListener("click", () => (timing.clicked = performance.now()), {
        capture: true,
        once: true,
      });
      const observer = new MutationObserver(() => {
        const line = document.querySelector(`[data-row="${wanted}"]`);
        if (!/verified/i.test(line?.textContent ?? "")) return;
        timing.verified = performance.now();
        observer.disconnect();
      });
      observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    }, address);
    await row.getByRole("button", { name: "Unban", exact: true }).click();
    const took = await page.waitForFunction(() => {
      const { clicked, verified } = (window as unknown as { timing: { clicked?: number; verified?: number } })
        .timing;
      return clicked !== undefined && verified !== undefined ? verified - clicked : null;
    });
    return Math.round((await took.jsonValue())!);
  }
} finally {
  await world.remove();
}
