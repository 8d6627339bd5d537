"use client";

import { createContext, use, useCallback, useMemo, useState, type ReactNode } from "react";
import { X } from "lucide-react";
import { Toast as Radix } from "radix-ui";

export type ToastMessage = {
  text: ReactNode;
  /** `crit` is for what a person must look at. */
  tone?: "neutral" | "crit";
  action?: { label: string; run: () => void };
  /** 10 s when there is something to undo, else 5 s. */
  durationMs?: number;
};

const ToastContext = createContext<(message: ToastMessage) => void>(() => undefined);

/** Shows one sentence at the lower edge: `const toast = useToast(); toast({ text, action })`. */
export function useToast(): (message: ToastMessage) => void {
  return use(ToastContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<(ToastMessage & { id: number })[]>([]);
  const show = useCallback((message: ToastMessage) => {
    setShown((before) => [...before.slice(-2), { ...message, id: (before.at(-1)?.id ?? 0) + 1 }]);
  }, []);
  const remove = useCallback((id: number) => {
    setShown((before) => before.filter((each) => each.id !== id));
  }, []);
  const value = useMemo(() => show, [show]);
  return (
    <ToastContext value={value}>
      <Radix.Provider swipeDirection="down">
        {children}
        {shown.map((message) => (
          <Radix.Root
            key={message.id}
            duration={message.durationMs ?? (message.action ? 10_000 : 5_000)}
            onOpenChange={(open) => {
              if (!open) remove(message.id);
            }}
            className="floating appear flex items-center gap-3 py-2 pr-2 pl-4"
          >
            <Radix.Description className={message.tone === "crit" ? "flex-1 text-crit" : "flex-1 text-t1"}>
              {message.text}
            </Radix.Description>
            {message.action ? (
              <Radix.Action
                altText={message.action.label}
                onClick={message.action.run}
                className="ease-colour h-[30px] rounded-control border border-line2 px-3 font-control hover:bg-s3"
              >
                {message.action.label}
              </Radix.Action>
            ) : null}
            <Radix.Close
              aria-label="Close"
              className="touchable grid size-6 place-items-center rounded-control text-t3 hover:text-t1"
            >
              <X aria-hidden className="size-4" />
            </Radix.Close>
          </Radix.Root>
        ))}
        <Radix.Viewport className="fixed inset-x-4 bottom-[calc(76px+env(safe-area-inset-bottom))] z-[60] mx-auto grid max-w-[440px] gap-2 outline-none tab:bottom-6" />
      </Radix.Provider>
    </ToastContext>
  );
}
