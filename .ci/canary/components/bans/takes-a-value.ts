import { bans } from "../../lib/query/bans.ts";

export const bad = bans;
