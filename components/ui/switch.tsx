"use client";

import { Switch as Radix } from "radix-ui";

export function Switch({
  label,
  checked,
  onChange,
}: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <label className="inline-flex items-center gap-2 text-t2">
      {label}
      <Radix.Root
        checked={checked}
        onCheckedChange={onChange}
        className="touchable ease-colour relative h-4 w-7 rounded-full bg-s3 shadow-[inset_0_0_0_1px_var(--ctl)] data-[state=checked]:bg-acc-mid data-[state=checked]:shadow-none"
      >
        <Radix.Thumb className="block size-3 translate-x-0.5 rounded-full bg-t1 transition-transform duration-[120ms] data-[state=checked]:translate-x-3.5 motion-reduce:transition-none" />
      </Radix.Root>
    </label>
  );
}
