import type { Metadata } from "next";
import Link from "next/link";
import { Door } from "../../components/sign-in/door.tsx";
import { SetupForm } from "../../components/sign-in/setup-form.tsx";
import { buttonClass } from "../../components/ui/button.tsx";
import { checkSetupToken } from "../../lib/auth/create-first-admin.ts";
import { connections } from "../../lib/db/client.ts";
import { AppError } from "../../lib/error/app-error.ts";
import { hasUsers } from "../../lib/instance/instance.ts";
import { setupAction } from "../actions/setup.ts";

export const metadata: Metadata = { title: "Create the admin", referrer: "no-referrer" };

/** Open to whoever holds the one-time link, until the first admin is made. */
export default async function SetupPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>;
}) {
  const { token } = await searchParams;
  if (await hasUsers(connections())) {
    return (
      <Door title="This is set up already" lead="The first admin was created, and the one-time link is void.">
        <Link href="/sign-in" className={buttonClass("primary", true)}>
          Sign in
        </Link>
      </Door>
    );
  }
  if (typeof token !== "string" || token === "") {
    return (
      <Door
        title="Open the one-time link"
        lead="Banwatch has no admin yet. At its start it printed a link in the terminal; open that link in this browser."
      >
        <p className="text-t2">
          It is gone? Stop Banwatch with <code className="mono text-t1">Ctrl C</code> and start it again: each
          start prints a new link until there is an admin.
        </p>
      </Door>
    );
  }
  const refusal = await checkSetupToken(connections(), token).then(
    () => null,
    (error: unknown) => {
      if (error instanceof AppError) return error.message;
      throw error;
    },
  );
  if (refusal !== null) {
    return (
      <Door title="This link does not work" lead={refusal}>
        {null}
      </Door>
    );
  }
  return (
    <Door
      title="Create the admin"
      lead="The first account, which may do everything. After this the link is void."
    >
      <SetupForm setup={setupAction} token={token} />
    </Door>
  );
}
