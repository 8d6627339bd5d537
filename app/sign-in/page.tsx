import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Door } from "../../components/sign-in/door.tsx";
import { SignInForm } from "../../components/sign-in/sign-in-form.tsx";
import { connections } from "../../lib/db/client.ts";
import { hasUsers } from "../../lib/instance/instance.ts";
import { signInAction } from "../actions/sign-in.ts";

export const metadata: Metadata = { title: "Sign in" };

/** Open to everybody: this is the door. */
export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>;
}) {
  if (!(await hasUsers(connections()))) redirect("/setup");
  const { next } = await searchParams;
  return (
    <Door title="Sign in" lead="Accounts are made by an admin of this Banwatch.">
      <SignInForm signIn={signInAction} next={localPath(next)} />
    </Door>
  );
}

/** A path of this app and of nobody else's: `//host` and `/\host` would leave it. */
function localPath(next: string | string[] | undefined): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : "/";
}
