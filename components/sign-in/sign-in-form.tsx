"use client";

import { useState, type FormEvent } from "react";
import { Button } from "../ui/button.tsx";
import { formText } from "../ui/form-text.ts";
import { Field, Input } from "../ui/input.tsx";
import { PasswordField } from "./password-field.tsx";

type Answer = { ok: true } | { ok: false; message: string };

export function SignInForm({
  signIn,
  next,
}: {
  signIn: (input: { email: string; password: string }) => Promise<Answer>;
  /** Where the person wanted to go; a path of this app. */
  next: string;
}) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    const answer = await signIn({
      email: formText(form, "email"),
      password: formText(form, "password"),
    }).catch((): Answer => ({
      ok: false,
      message: "Banwatch could not be reached. Check the connection and try again.",
    }));
    if (answer.ok) {
      // A fresh load: nothing of who was here before stays in memory.
      window.location.assign(next);
      return;
    }
    setProblem(answer.message);
    setBusy(false);
    document.getElementById("password")?.focus();
  };
  // Sent before the page's script runs, the password must not become a part of the address.
  return (
    <form method="post" onSubmit={(event) => void submit(event)} className="grid gap-4">
      <Field label="E-mail" htmlFor="email">
        <Input
          id="email"
          name="email"
          type="email"
          autoComplete="username"
          /* oxlint-disable-next-line jsx-a11y/no-autofocus -- the one thing to do here begins with this field */
          autoFocus
          required
          maxLength={254}
          spellCheck={false}
        />
      </Field>
      <PasswordField autoComplete="current-password" />
      {problem ? (
        <p role="alert" className="text-crit">
          {problem}
        </p>
      ) : null}
      <Button type="submit" kind="primary" large disabled={busy}>
        {busy ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}
