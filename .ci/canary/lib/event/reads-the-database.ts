import { client } from "../db/client.ts";

export const bad = client;
