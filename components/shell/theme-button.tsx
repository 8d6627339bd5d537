"use client";

import { Moon, Sun } from "lucide-react";
import { toggleTheme } from "./theme.ts";

/** Both signs are in the page and the colour scheme shows one: the server need not know what the system prefers. */
export function ThemeButton() {
  return (
    <button
      type="button"
      aria-label="Switch between light and dark"
      title="Switch between light and dark (T)"
      onClick={toggleTheme}
      className="touchable ease-colour hidden size-7 place-items-center rounded-control text-t2 hover:bg-s2 hover:text-t1 tab:grid"
    >
      <Sun aria-hidden className="only-light size-4" />
      <Moon aria-hidden className="only-dark size-4" />
    </button>
  );
}
