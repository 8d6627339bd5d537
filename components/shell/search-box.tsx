"use client";

import { useRef, useState } from "react";
import { useRouter } from "next/navigation";
import { Search } from "lucide-react";
import { parseAddress } from "../../lib/event/address.ts";
import { Kbd } from "../ui/kbd.tsx";
import { Dialog, DialogContent, DialogTrigger } from "../ui/dialog.tsx";
import { formText } from "../ui/form-text.ts";
import { Input } from "../ui/input.tsx";
import { useShortcuts } from "./shortcuts.ts";

/** Goes to an address's page; finds a network, host or jail among the bans. `/` goes there. */
export function SearchBox() {
  const router = useRouter();
  const input = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  useShortcuts({
    "/": () => {
      if (input.current?.offsetParent) input.current.focus();
      else setOpen(true);
    },
  });
  const find = (form: FormData) => {
    const query = formText(form, "q").trim();
    setOpen(false);
    if (query === "") return;
    const address = parseAddress(query);
    router.push(
      address === null ? `/bans?q=${encodeURIComponent(query)}` : `/ip/${encodeURIComponent(address)}`,
    );
  };
  return (
    <search>
      <form
        action={find}
        className="relative hidden w-[290px] max-wide:w-[200px] max-[1023px]:hidden min-[1024px]:block"
      >
        <Search aria-hidden className="absolute top-[9px] left-2.5 size-3.5 text-t2" />
        <Input
          ref={input}
          name="q"
          type="search"
          maxLength={256}
          autoComplete="off"
          spellCheck={false}
          aria-label="Find an IP address, network, host or jail"
          placeholder="IP, network, host or jail"
          className="pr-9 pl-[30px] tab:h-8"
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
        <span aria-hidden className="absolute top-[7px] right-2">
          <Kbd>/</Kbd>
        </span>
      </form>
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogTrigger
          aria-label="Search"
          className="touchable grid size-8 place-items-center rounded-control text-t1 min-[1024px]:hidden"
        >
          <Search aria-hidden className="size-5 tab:size-4" />
        </DialogTrigger>
        <DialogContent title="Search">
          <form action={find} className="flex gap-2">
            <Input
              name="q"
              type="search"
              maxLength={256}
              autoComplete="off"
              /* oxlint-disable-next-line jsx-a11y/no-autofocus -- the one thing to do here begins with this field */
              autoFocus
              aria-label="Find an IP address, network, host or jail"
              placeholder="IP, network, host or jail"
            />
          </form>
        </DialogContent>
      </Dialog>
    </search>
  );
}
