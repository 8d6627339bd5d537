import { hostname } from "node:os";
import { type CryptoKey, exportJWK, generateKeyPair, importJWK } from "jose";
import * as z from "zod";
import { Problem } from "../../lib/error/problem.ts";
import { hashSecret, joinProof, keyFingerprint, parseJoinToken } from "../../lib/wire/join-token.ts";
import { enrolAnswerSchema, verifyEnrolment } from "../../lib/wire/signed-enrolment.ts";
import { type Enrol, WIRE_PATHS, WIRE_VERSION } from "../../lib/wire/wire.ts";
import { postUnsigned, Refused, Unreachable } from "./app-client.ts";
import type { StateDirectory } from "./state-directory.ts";

const publicKeySchema = z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string() });
const identitySchema = z.object({
  server: z.string(),
  hostId: z.string(),
  hostName: z.string(),
  privateKey: publicKeySchema.extend({ d: z.string() }),
  /** Pinned: orders count only when this key signed them. */
  appPublicKey: publicKeySchema,
});

export type Identity = {
  server: string;
  hostId: string;
  hostName: string;
  key: CryptoKey;
  appKey: CryptoKey;
};

const FILE = "identity.json";

/**
 * Who this host is to the app: as kept in the state directory, or enrolled now with the join token.
 * Throws Problem when it is neither, and when the token is refused or somebody else than the app answers.
 */
export async function establishIdentity(
  state: StateDirectory,
  options: { server?: string; join?: string; name?: string; agentVersion: string },
): Promise<Identity> {
  const kept = state.readJson(FILE, identitySchema);
  if (kept !== null) {
    if (options.join !== undefined) await refuseOtherApp(kept.appPublicKey, options.join, state.path);
    const server = options.server === undefined ? kept.server : checkServer(options.server);
    if (server !== kept.server) state.writeJson(FILE, { ...kept, server });
    return await usable({ ...kept, server });
  }
  if (options.server === undefined || options.join === undefined) {
    throw new Problem(
      "This host is not connected yet: start the agent with --server URL and --join TOKEN, as the page Hosts of Banwatch shows them.",
    );
  }
  const enrolled = await enrol(checkServer(options.server), options.join, options);
  state.writeJson(FILE, enrolled);
  return await usable(enrolled);
}

async function enrol(
  server: string,
  token: string,
  options: { name?: string; agentVersion: string },
): Promise<z.infer<typeof identitySchema>> {
  const join = parseJoinToken(token);
  if (join === null)
    throw new Problem("That is not a join token: copy the whole command from the page Hosts.");
  const pair = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const privateKey = publicKeySchema.extend({ d: z.string() }).parse(await exportJWK(pair.privateKey));
  const publicKey = { kty: privateKey.kty, crv: privateKey.crv, x: privateKey.x };
  const request: Enrol = {
    version: WIRE_VERSION,
    joinId: join.joinId,
    publicKey,
    proof: await joinProof(hashSecret(join.secret), publicKey),
    hostName: (options.name ?? hostname()).slice(0, 253),
    agentVersion: options.agentVersion,
  };
  const answer = enrolAnswerSchema.safeParse(await askToEnrol(server, request));
  const enrolled = answer.success
    ? await verifyEnrolment(answer.data, { appFingerprint: join.appFingerprint, agentPublicKey: publicKey })
    : null;
  if (!answer.success || enrolled === null) {
    throw new Problem(
      `What answers at ${server} is not the Banwatch that made this token: check the address, and who is between.`,
    );
  }
  return { server, ...enrolled, privateKey, appPublicKey: answer.data.appPublicKey };
}

async function askToEnrol(server: string, request: Enrol): Promise<unknown> {
  try {
    return await postUnsigned(server, WIRE_PATHS.enrol, request);
  } catch (error) {
    if (error instanceof Refused) {
      throw new Problem(`Banwatch refused to connect this host: ${error.message}`, { cause: error });
    }
    if (error instanceof Unreachable) {
      throw new Problem(`Banwatch can't be reached at ${server}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

async function refuseOtherApp(
  appPublicKey: z.infer<typeof publicKeySchema>,
  token: string,
  path: string,
): Promise<void> {
  const join = parseJoinToken(token);
  if (join === null || join.appFingerprint === (await keyFingerprint(appPublicKey))) return;
  throw new Problem(
    `This host is connected to another Banwatch already: remove ${path} to leave it, or name another directory with --state.`,
  );
}

function checkServer(text: string): string {
  try {
    const url = new URL(text);
    if (url.protocol === "http:" || url.protocol === "https:") return url.origin;
  } catch {
    // Said below.
  }
  throw new Problem(`${text} is not the address of a Banwatch: it looks like https://banwatch.example.org`);
}

async function usable(kept: z.infer<typeof identitySchema>): Promise<Identity> {
  const { server, hostId, hostName } = kept;
  return {
    server,
    hostId,
    hostName,
    key: await importKey(kept.privateKey),
    appKey: await importKey(kept.appPublicKey),
  };
}

async function importKey(jwk: z.infer<typeof publicKeySchema>): Promise<CryptoKey> {
  const key = await importJWK(jwk, "EdDSA");
  if (key instanceof Uint8Array) throw new Error("an Ed25519 key is never symmetric");
  return key;
}
