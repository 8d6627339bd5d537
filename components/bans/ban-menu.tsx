"use client";

import { Ellipsis } from "lucide-react";
import Link from "next/link";
import { DropdownMenu } from "radix-ui";
import type { BanRow } from "../../lib/query/bans.ts";
import type { Permission } from "../actions/permission.ts";
import { MENU_ITEM_CLASS, MenuContent } from "../ui/menu.tsx";

export type BanAsk = { kind: "ban"; everywhere: boolean } | { kind: "unban" };

/** The “…” of a row: everything that can be done with the address. */
export function BanMenu({
  row,
  permission,
  copy,
  unban,
  ask,
}: {
  row: BanRow;
  permission: Permission;
  copy: () => void;
  unban: () => void;
  ask: (ask: BanAsk) => void;
}) {
  const disabled = permission.off !== null;
  // The question takes the focus once the menu has given it back.
  const later = (run: () => void) => () => void setTimeout(run, 0);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={`Actions for ${row.address}`}
        className="touchable ease-colour grid size-11 place-items-center rounded-control text-t1 hover:bg-s3 data-[state=open]:bg-s3 tab:size-[26px]"
      >
        <Ellipsis aria-hidden className="size-4" />
      </DropdownMenu.Trigger>
      <MenuContent align="end">
        <DropdownMenu.Item className={MENU_ITEM_CLASS} onSelect={copy}>
          Copy the address
        </DropdownMenu.Item>
        <DropdownMenu.Item className={MENU_ITEM_CLASS} asChild>
          <Link href={`/ip/${encodeURIComponent(row.address)}`}>Show its story</Link>
        </DropdownMenu.Item>
        <DropdownMenu.Item className={MENU_ITEM_CLASS} asChild>
          <Link href={`/feed?q=${encodeURIComponent(row.address)}`}>Show its events</Link>
        </DropdownMenu.Item>
        {permission.mayAct ? (
          <>
            <DropdownMenu.Separator className="my-1 h-px bg-line" />
            <DropdownMenu.Item
              className={MENU_ITEM_CLASS}
              disabled={disabled || row.hostCount === 0}
              onSelect={later(unban)}
            >
              Unban
            </DropdownMenu.Item>
            <DropdownMenu.Item
              className={MENU_ITEM_CLASS}
              disabled={disabled}
              onSelect={later(() => ask({ kind: "ban", everywhere: false }))}
            >
              Ban permanently…
            </DropdownMenu.Item>
            <DropdownMenu.Item
              className={MENU_ITEM_CLASS}
              disabled={disabled}
              onSelect={later(() => ask({ kind: "ban", everywhere: true }))}
            >
              Ban everywhere…
            </DropdownMenu.Item>
            {permission.off === null ? null : (
              <p className="max-w-52 px-2 py-1 text-12 text-t3">{permission.off}</p>
            )}
          </>
        ) : null}
      </MenuContent>
    </DropdownMenu.Root>
  );
}
