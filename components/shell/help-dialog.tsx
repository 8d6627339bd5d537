"use client";

import { useState } from "react";
import { Dialog, DialogContent } from "../ui/dialog.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { Switch } from "../ui/switch.tsx";
import { PAGES } from "./pages.ts";
import { shortcutsAreOn, switchShortcuts } from "./shortcuts.ts";

const GROUPS: { title: string; keys: [string[], string][] }[] = [
  {
    title: "Everywhere",
    keys: [
      [["/"], "Search"],
      ...PAGES.map((page): [string[], string] => [["G", page.key.toUpperCase()], page.name]),
      [["T"], "Light or dark"],
      [["Esc"], "Close, or remove the last filter"],
      [["?"], "This list"],
    ],
  },
  {
    title: "Lists",
    keys: [
      [["J", "K"], "Move"],
      [["Enter"], "Open"],
      [["P"], "Ban permanently"],
      [["U"], "Unban"],
      [["C"], "Copy the address"],
    ],
  },
  {
    title: "Map",
    keys: [
      [["←", "→"], "Hour"],
      [["Shift", "← →"], "Day"],
      [["Space"], "Play"],
      [["L"], "Live"],
      [["+", "−", "0"], "Zoom"],
    ],
  },
];

export function HelpDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title="Keyboard shortcuts" className="max-w-[620px]">
        <div className="grid gap-x-8 gap-y-5 tab:grid-cols-2">
          {GROUPS.map((group) => (
            <section
              key={group.title}
              className={group.title === "Everywhere" ? "tab:row-span-2" : undefined}
            >
              <h3 className="mb-1 font-head">{group.title}</h3>
              <dl>
                {group.keys.map(([keys, name]) => (
                  <div key={name} className="flex items-center justify-between gap-3 py-[3px]">
                    <dt className="text-t2">{name}</dt>
                    <dd className="flex gap-1">
                      {keys.map((key) => (
                        <Kbd key={key}>{key}</Kbd>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
        <div className="mt-5 border-t border-line pt-3">
          <ShortcutSwitch />
        </div>
      </DialogContent>
    </Dialog>
  );
}

/** Is there only while the list is open, so that it starts with what is stored. */
function ShortcutSwitch() {
  const [on, setOn] = useState(shortcutsAreOn);
  return (
    <Switch
      label="Single-key shortcuts"
      checked={on}
      onChange={(next) => {
        switchShortcuts(next);
        setOn(next);
      }}
    />
  );
}
