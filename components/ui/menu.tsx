"use client";

import type { ReactNode } from "react";
import { Check, ChevronDown } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { cx } from "./cx.ts";

/** The button that a menu hangs from: a quiet label first, then what is chosen. */
const MENU_BUTTON_CLASS =
  "ease-colour inline-flex h-11 items-center gap-1.5 rounded-control border border-line2 px-2.5 font-control text-14 text-t1 hover:bg-s2 data-[state=open]:bg-s2 tab:h-[29px] tab:text-13 whitespace-nowrap";

export type MenuOption<Value extends string> = { value: Value; label: string; note?: string };

/** One choice of many, shown as “All hosts ⌄”. */
export function SelectMenu<Value extends string>({
  label,
  prefix,
  value,
  options,
  onChange,
  className,
}: {
  label: string;
  prefix?: string;
  value: Value;
  options: readonly MenuOption<Value>[];
  onChange: (value: Value) => void;
  className?: string;
}) {
  const chosen = options.find((option) => option.value === value);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={`${label}: ${chosen?.label ?? value}`}
        className={cx(MENU_BUTTON_CLASS, className)}
      >
        {prefix ? <span className="font-normal text-t3">{prefix}</span> : null}
        <span className="max-w-40 truncate">{chosen?.label ?? value}</span>
        <ChevronDown aria-hidden className="size-3.5 text-t2" strokeWidth={1.75} />
      </DropdownMenu.Trigger>
      <MenuContent>
        <DropdownMenu.RadioGroup
          value={value}
          onValueChange={(next) => {
            const option = options.find((each) => each.value === next);
            if (option) onChange(option.value);
          }}
        >
          {options.map((option) => (
            <DropdownMenu.RadioItem key={option.value} value={option.value} className={MENU_ITEM_CLASS}>
              <span className="grid w-4 place-items-center">
                <DropdownMenu.ItemIndicator>
                  <Check aria-hidden className="size-3.5" />
                </DropdownMenu.ItemIndicator>
              </span>
              <span className="min-w-0 flex-1 truncate">{option.label}</span>
              {option.note ? <span className="text-t3">{option.note}</span> : null}
            </DropdownMenu.RadioItem>
          ))}
        </DropdownMenu.RadioGroup>
      </MenuContent>
    </DropdownMenu.Root>
  );
}

export const MENU_ITEM_CLASS =
  "flex min-h-11 cursor-pointer items-center gap-2 rounded-control px-2 text-t1 outline-none select-none data-[highlighted]:bg-s3 data-[disabled]:text-t3 tab:min-h-[30px]";

/** The floating list of a menu; use with DropdownMenu.Item and MENU_ITEM_CLASS. */
export function MenuContent({ children, align = "start" }: { children: ReactNode; align?: "start" | "end" }) {
  return (
    <DropdownMenu.Portal>
      <DropdownMenu.Content
        align={align}
        sideOffset={6}
        collisionPadding={8}
        className="floating appear z-50 max-h-[min(420px,var(--radix-dropdown-menu-content-available-height))] min-w-44 overflow-y-auto p-1"
      >
        {children}
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  );
}
