import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createAdmin } from "../e2e/stack/people.ts";
import { connectHost } from "../e2e/stack/connect-host.ts";
import { World } from "../e2e/stack/world.ts";
import { percentile } from "./percentile.ts";

/** From the moment a line is written to fail2ban.log on a host until it stands in the browser's live feed. */
const short = process.argv.includes("--short");
const LINES = short ? 20 : 200;
const LONGEST_PAUSE_MS = 700;

const world = await World.create();
try {
  const token = await world.app.start();
  await world.host.startFail2ban();
  const page = await world.browser.newPage({ viewport: { width: 1440, height: 900 } });
  await createAdmin(page, world.origin, token!);
  await connectHost(world, page);
  await page.goto(world.origin);
  await page.getByRole("region", { name: "Live feed" }).waitFor();
  await page.evaluate(() => {
    const seen: Record<string, number> = {};
    Object.assign(window, { seenAtMs: seen });
    new MutationObserver(() => {
      const feed = document.querySelector('section[aria-label="Live feed"]')?.textContent ?? "";
      for (const [address] of feed.matchAll(/203\.0\.113\.\d{1,3}(?!\d)|198\.51\.100\.\d{1,3}(?!\d)/g))
        seen[address] ??= Date.now();
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  const log = join(world.host.logFolder, "fail2ban.log");
  const took: number[] = [];
  for (let index = 0; index < LINES; index += 1) {
    const address = index < 200 ? `203.0.113.${index + 1}` : `198.51.100.${index - 199}`;
    const writtenAtMs = Date.now();
    appendFileSync(log, foundLine(address, writtenAtMs));
    const seenAtMs = await page.waitForFunction(
      (wanted) => (window as unknown as { seenAtMs: Record<string, number> }).seenAtMs[wanted],
      address,
      { polling: 20, timeout: 10_000 },
    );
    took.push((await seenAtMs.jsonValue())! - writtenAtMs);
    // Not in step with anything that happens at intervals.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_PAUSE_MS));
  }
  const figures = {
    lines: LINES,
    lineToBrowserP50Ms: percentile(took, 0.5),
    lineToBrowserP95Ms: percentile(took, 0.95),
    lineToBrowserMaxMs: Math.max(...took),
  };
  console.table(figures);
  console.log(JSON.stringify(figures));
} finally {
  await world.remove();
}

/** As fail2ban 1.0 writes it. */
function foundLine(address: string, atMs: number): string {
  const at = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000).toISOString();
  const day = at.slice(0, 10);
  const second = at.slice(11, 19);
  return `${day} ${second},${at.slice(20, 23)} fail2ban.filter         [4242]: INFO    [sshd] Found ${address} - ${day} ${second}\n`;
}
