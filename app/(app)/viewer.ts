import type { Viewer } from "../../components/actions/permission.ts";
import { connections } from "../../lib/db/client.ts";
import { instance } from "../../lib/instance/instance.ts";
import { requirePerson } from "../session.ts";

/** What a page must know of the signed-in person to offer what they may do; everybody else is sent to sign in. */
export async function requireViewer(): Promise<Viewer> {
  const { role } = await requirePerson();
  const { demo } = await instance(connections());
  return { role, demo };
}
