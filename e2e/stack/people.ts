import { expect, type Page } from "@playwright/test";

const ADMIN = {
  name: "Mara Keller",
  email: "mara@example.org",
  password: "correct horse battery staple",
};

/** Opens the one-time link as a person does, and ends on the overview, signed in. */
export async function createAdmin(page: Page, origin: string, token: string): Promise<void> {
  // Nothing streams on this page: when its network is quiet, its script is there and takes the form.
  await page.goto(`${origin}/setup?token=${token}`, { waitUntil: "networkidle" });
  await page.getByLabel("Name").fill(ADMIN.name);
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: /create/i }).click();
  await expect(page).toHaveURL(`${origin}/`);
}
