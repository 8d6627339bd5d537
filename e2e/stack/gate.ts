import type { Page } from "@playwright/test";

export type Gate = { open: () => void };

/** Keeps requests waiting until the gate is opened. */
export async function hold(page: Page, matches: (url: URL) => boolean): Promise<Gate> {
  const opened = Promise.withResolvers<void>();
  await page.route(matches, async (route) => {
    await opened.promise;
    await route.continue();
  });
  return { open: opened.resolve };
}
