import { headers } from "next/headers";
import { authorise, type Person, type Role } from "../../lib/auth/authorise.ts";

/** The signed-in person who called a server action, and the name under which they reached the app. */
export async function authoriseCaller(role: Role): Promise<Person & { appHost: string | null }> {
  const from = await headers();
  return { ...(await authorise(from, role)), appHost: from.get("host") };
}
