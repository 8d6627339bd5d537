import type { Locator, Page } from "@playwright/test";

/** The links to the pages: at the top of a wide window, at the foot of a narrow one. */
export function navigation(page: Page): Locator {
  return page.getByRole("navigation", { name: "Pages" }).filter({ visible: true });
}

/** The page's script runs, and its stream is open. */
export function live(page: Page): Locator {
  return page.getByRole("banner").getByText("Live", { exact: true });
}

/** An address in the list of bans. */
export function rowOf(page: Page, address: string): Locator {
  return page.getByRole("row").filter({ hasText: address }).first();
}
