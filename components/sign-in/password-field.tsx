"use client";

import { useState } from "react";
import { Field, Input } from "../ui/input.tsx";

/** A password that can be looked at; a password manager knows from `autoComplete` which one is meant. */
export function PasswordField({
  autoComplete,
  hint,
  error,
}: {
  autoComplete: "current-password" | "new-password";
  hint?: string;
  error?: string | null;
}) {
  const [shown, setShown] = useState(false);
  return (
    <Field label="Password" htmlFor="password" hint={hint} error={error ?? null}>
      <div className="relative">
        <Input
          id="password"
          name="password"
          type={shown ? "text" : "password"}
          autoComplete={autoComplete}
          required
          minLength={autoComplete === "new-password" ? 12 : undefined}
          maxLength={128}
          aria-describedby={hint ? "password-note" : undefined}
          className="pr-16"
        />
        <button
          type="button"
          aria-pressed={shown}
          aria-label={shown ? "Hide the password" : "Show the password"}
          onClick={() => setShown(!shown)}
          className="absolute inset-y-0 right-0 px-3 text-12 text-t2 hover:text-t1"
        >
          {shown ? "Hide" : "Show"}
        </button>
      </div>
    </Field>
  );
}
