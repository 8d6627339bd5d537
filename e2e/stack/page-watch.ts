import type { Page } from "@playwright/test";

/** What a page should never do, from now on: errors on its console, scripts that fail, violated policies, dialogs. */
export class PageWatch {
  readonly #troubles: string[] = [];

  constructor(page: Page) {
    page.on("console", (message) => {
      if (message.type() === "error") this.#troubles.push(`${page.url()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.#troubles.push(`${page.url()}: ${String(error)}`));
    page.on("dialog", (dialog) => {
      this.#troubles.push(`${page.url()}: a dialog says ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /** What was seen since the last call. */
  take(): string[] {
    return this.#troubles.splice(0);
  }
}
