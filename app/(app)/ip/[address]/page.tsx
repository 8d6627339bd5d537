import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AttackerPage } from "../../../../components/attacker/attacker-page.tsx";
import { connections } from "../../../../lib/db/client.ts";
import { parsePrefix } from "../../../../lib/event/address.ts";
import { queryAttacker } from "../../../../lib/query/attacker.ts";
import { requireViewer } from "../../viewer.ts";

type Parameters = { params: Promise<{ address: string }> };

export async function generateMetadata({ params }: Parameters): Promise<Metadata> {
  return { title: parsePrefix(decodeURIComponent((await params).address))?.text ?? "Address" };
}

export default async function Page({ params }: Parameters) {
  const viewer = await requireViewer();
  const address = parsePrefix(decodeURIComponent((await params).address));
  if (address === null) notFound();
  const initial = await queryAttacker(connections(), address.text, Date.now());
  // Another address is another page: nothing of the one before is kept.
  return <AttackerPage key={address.text} initial={initial} viewer={viewer} />;
}
