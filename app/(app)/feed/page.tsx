import type { Metadata } from "next";
import { FeedPage } from "../../../components/feed/feed-page.tsx";
import { KIND_GROUPS } from "../../../components/feed/feed-words.ts";
import { connections } from "../../../lib/db/client.ts";
import { queryFeed, readFeedRequest } from "../../../lib/query/feed.ts";
import { requirePerson } from "../../session.ts";
import { parametersOf, type SearchParameters } from "../parameters.ts";

export const metadata: Metadata = { title: "Feed" };

export default async function Page({ searchParams }: { searchParams: SearchParameters }) {
  await requirePerson();
  const parameters = parametersOf(await searchParams);
  const group = KIND_GROUPS.find((each) => each.value === parameters.get("kind"));
  parameters.set("kinds", (group?.kinds ?? []).join(","));
  return <FeedPage initial={await queryFeed(connections(), readFeedRequest(parameters), Date.now())} />;
}
