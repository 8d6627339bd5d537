import { client } from "../lib/db/client.ts";

export const bad = client;
