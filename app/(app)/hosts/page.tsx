import type { Metadata } from "next";
import { HostsPage } from "../../../components/hosts/hosts-page.tsx";
import { connections } from "../../../lib/db/client.ts";
import { queryHosts } from "../../../lib/query/hosts.ts";
import { requirePerson } from "../../session.ts";

export const metadata: Metadata = { title: "Hosts" };

export default async function Page() {
  const { role } = await requirePerson();
  return <HostsPage initial={await queryHosts(connections(), Date.now())} role={role} />;
}
