import { expect, type Page } from "@playwright/test";
import type { LongRunning } from "./programs.ts";
import { until } from "./protected-host.ts";
import type { World } from "./world.ts";

/** Makes the line to paste on the page of the first run, as a person does, and answers it. */
export async function makeJoinLine(page: Page): Promise<string> {
  const make = page.getByRole("button", { name: "Make the line" });
  // A click that comes before the page's script does nothing, and is made again, as a person would.
  await expect(async () => {
    await page.getByRole("radio", { name: "Another host" }).click();
    await expect(make).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
  await make.click();
  const line = await page.getByText(/banwatch\.mjs agent .*--join bwj_/).textContent();
  // The prompt before it is drawn, and can't be selected.
  return line!.replace(/^# /, "");
}

/** The token of such a line. */
export async function makeJoinToken(page: Page): Promise<string> {
  return /--join (bwj_\S+)/.exec(await makeJoinLine(page))![1]!;
}

/** Connects the world's host and waits until the page Hosts shows it as healthy. */
export async function connectHost(world: World, page: Page): Promise<LongRunning> {
  const agent = world.startAgent("--server", world.server, "--join", await makeJoinToken(page));
  await page.goto(`${world.origin}/hosts`);
  await until("the host is healthy", () => page.getByText("Healthy").first().isVisible());
  return agent;
}
