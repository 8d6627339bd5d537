import { join, resolve } from "node:path";
import * as z from "zod";
import { Problem } from "../error/problem.ts";
import { parsePrefix, type Prefix } from "../event/address.ts";

const prefixes = z
  .string()
  .default("")
  .transform((text, context): Prefix[] => {
    const found: Prefix[] = [];
    for (const each of text.split(",").map((part) => part.trim())) {
      if (each === "") continue;
      const prefix = parsePrefix(each);
      if (prefix === null) context.addIssue(`“${each}” is neither an address nor a prefix like 10.0.0.0/8`);
      else found.push(prefix);
    }
    return found;
  });

const configSchema = z.object({
  PORT: z.coerce
    .number("it must be a port number")
    .int("it must be a port number")
    .min(1, "it must be a port number from 1 to 65535")
    .max(65_535, "it must be a port number from 1 to 65535")
    .default(3000),
  HOST: z.string().min(1).default("0.0.0.0"),
  BANWATCH_DATA_DIR: z.string().min(1).optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "it must begin with postgresql://")
    .optional(),
  BANWATCH_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: "it must be an address like https://banwatch.example.org" })
    .optional(),
  BANWATCH_TRUSTED_PROXIES: prefixes,
});

export type Config = {
  port: number;
  /**
   * The address to listen on. The default is every address of the machine: whoever starts Banwatch on a server must
   * reach it from elsewhere, and until the first admin is made by the one-time link nobody can do anything with it.
   */
  host: string;
  /** Absolute. Keys, the embedded database and the local agent's state live here. */
  dataDir: string;
  /** Null: the embedded database. */
  databaseUrl: string | null;
  /** How people reach the app (behind a proxy, say), without a slash at the end; null: as they typed it. */
  publicUrl: string | null;
  /** Reverse proxies whose X-Forwarded-For and -Proto are believed. */
  trustedProxies: Prefix[];
};

/** The settings as the environment gives them. Throws a `Problem` that names the setting that is wrong. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== "");
  const parsed = configSchema.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new Problem(`The setting ${String(issue.path[0])} can't be used: ${issue.message}.`);
  }
  const settings = parsed.data;
  return {
    port: settings.PORT,
    host: settings.HOST,
    dataDir: resolve(settings.BANWATCH_DATA_DIR ?? join(PROJECT, "data")),
    databaseUrl: settings.DATABASE_URL ?? null,
    publicUrl: settings.BANWATCH_PUBLIC_URL?.replace(/\/+$/, "") ?? null,
    trustedProxies: settings.BANWATCH_TRUSTED_PROXIES,
  };
}

/** Packed into the app this module has no folder of its own; the app runs in the project's. */
const FOLDER: string | undefined = import.meta.dirname;
const PROJECT = resolve(FOLDER ?? "lib/config", "../..");

let ofThisProcess: Config | undefined;

/** The settings of this process, read once. */
export function config(): Config {
  ofThisProcess ??= readConfig(process.env);
  return ofThisProcess;
}
