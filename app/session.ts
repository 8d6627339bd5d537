import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { authorise, type Person, type Role } from "../lib/auth/authorise.ts";
import { connections } from "../lib/db/client.ts";
import { AppError } from "../lib/error/app-error.ts";
import { hasUsers } from "../lib/instance/instance.ts";

/** The signed-in person, for a page. Sends everybody else to sign in, or to the set-up while there is no user. */
export async function requirePerson(role: Role = "viewer"): Promise<Person> {
  try {
    return await authorise(await headers(), role);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "not_signed_in") throw error;
  }
  redirect((await hasUsers(connections())) ? "/sign-in" : "/setup");
}
