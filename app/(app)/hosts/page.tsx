import type { Metadata } from "next";
import { hostname } from "node:os";
import { HostsPage } from "../../../components/hosts/hosts-page.tsx";
import { connections } from "../../../lib/db/client.ts";
import { localAgentState } from "../../../lib/local-agent/local-agent.ts";
import { queryHosts } from "../../../lib/query/hosts.ts";
import { requireViewer } from "../viewer.ts";

export const metadata: Metadata = { title: "Hosts" };

export default async function Page() {
  const viewer = await requireViewer();
  const machine = { name: hostname(), localAgent: localAgentState() };
  const hosts = await queryHosts(connections(), Date.now());
  return <HostsPage initial={hosts} viewer={viewer} machine={machine} />;
}
