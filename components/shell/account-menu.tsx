"use client";

import Link from "next/link";
import { DropdownMenu } from "radix-ui";
import { MENU_ITEM_CLASS, MenuContent } from "../ui/menu.tsx";
import { toggleTheme } from "./theme.ts";

export type ShellPerson = { name: string; email: string; role: string };

/** Two letters: of the first and the last word, or the first two of one word. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const [first = "?"] = words;
  const last = words.length > 1 ? words.at(-1) : undefined;
  return (
    last
      ? `${Array.from(first)[0] ?? ""}${Array.from(last)[0] ?? ""}`
      : Array.from(first).slice(0, 2).join("")
  ).toUpperCase();
}

export function AccountMenu({
  person,
  onHelp,
  signOut,
}: {
  person: ShellPerson;
  onHelp: () => void;
  signOut: () => Promise<unknown>;
}) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={`Account of ${person.name}`}
        className="touchable ease-colour grid size-6 place-items-center rounded-full bg-s3 text-11 font-head text-t2 hover:text-t1"
      >
        {initials(person.name)}
      </DropdownMenu.Trigger>
      <MenuContent align="end">
        <div className="px-2 pt-1.5 pb-2">
          <p className="font-strong">{person.name}</p>
          <p className="text-t3">
            {person.email}, {person.role}
          </p>
        </div>
        <DropdownMenu.Separator className="mb-1 h-px bg-line2" />
        <DropdownMenu.Item asChild className={`${MENU_ITEM_CLASS} tab:hidden`}>
          <Link href="/actions">Actions</Link>
        </DropdownMenu.Item>
        <DropdownMenu.Item className={MENU_ITEM_CLASS} onSelect={toggleTheme}>
          Switch between light and dark
        </DropdownMenu.Item>
        <DropdownMenu.Item className={MENU_ITEM_CLASS} onSelect={onHelp}>
          Keyboard shortcuts
        </DropdownMenu.Item>
        <DropdownMenu.Item
          className={MENU_ITEM_CLASS}
          onSelect={() => void signOut().then(() => window.location.assign("/sign-in"))}
        >
          Sign out
        </DropdownMenu.Item>
      </MenuContent>
    </DropdownMenu.Root>
  );
}
