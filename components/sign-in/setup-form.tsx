"use client";

import { useState, type FormEvent } from "react";
import { Button } from "../ui/button.tsx";
import { formText } from "../ui/form-text.ts";
import { Field, Input } from "../ui/input.tsx";
import { PasswordField } from "./password-field.tsx";

type Answer = { ok: true } | { ok: false; message: string };

export function SetupForm({
  setup,
  token,
}: {
  setup: (input: { token: string; name: string; email: string; password: string }) => Promise<Answer>;
  token: string;
}) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => formText(form, name);
    setBusy(true);
    setProblem(null);
    const answer = await setup({
      token,
      name: text("name"),
      email: text("email"),
      password: text("password"),
    }).catch((): Answer => ({
      ok: false,
      message: "Banwatch could not be reached. Check that it still runs and try again.",
    }));
    if (answer.ok) {
      window.location.assign("/");
      return;
    }
    setProblem(answer.message);
    setBusy(false);
  };
  // Sent before the page's script runs, the password must not become a part of the address.
  return (
    <form method="post" onSubmit={(event) => void submit(event)} className="grid gap-4">
      <Field label="Name" htmlFor="name" hint="It stands in the log of actions beside what you do.">
        <Input
          id="name"
          name="name"
          autoComplete="name" /* oxlint-disable-next-line jsx-a11y/no-autofocus -- the one thing to do here begins with this field */
          autoFocus
          required
          maxLength={100}
        />
      </Field>
      <Field label="E-mail" htmlFor="email" hint="Only to sign in; nothing is sent to it.">
        <Input
          id="email"
          name="email"
          type="email"
          autoComplete="username"
          required
          maxLength={254}
          spellCheck={false}
        />
      </Field>
      <PasswordField
        autoComplete="new-password"
        hint="At least 12 characters. Several words are fine; no special characters are asked for."
      />
      {problem ? (
        <p role="alert" className="text-crit">
          {problem}
        </p>
      ) : null}
      <Button type="submit" kind="primary" large disabled={busy}>
        {busy ? "Creating…" : "Create the admin"}
      </Button>
    </form>
  );
}
