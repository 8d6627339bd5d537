import type { Metadata } from "next";
import { HostsPage } from "../../../components/hosts/hosts-page.tsx";
import { connections } from "../../../lib/db/client.ts";
import { queryHosts } from "../../../lib/query/hosts.ts";
import { requireViewer } from "../viewer.ts";

export const metadata: Metadata = { title: "Hosts" };

export default async function Page() {
  const viewer = await requireViewer();
  return <HostsPage initial={await queryHosts(connections(), Date.now())} viewer={viewer} />;
}
