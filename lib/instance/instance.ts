import { createHash, randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair, importJWK, type CryptoKey } from "jose";
import { type Connections } from "../db/client.ts";
import { instance as instanceTable, user } from "../db/schema/index.ts";
import { AppError } from "../error/app-error.ts";
import { keyFingerprint } from "../wire/join-token.ts";

/** What makes this Banwatch itself. */
export type Instance = {
  /** Signs what agents are told. */
  signingKey: CryptoKey;
  publicKey: { kty: "OKP"; crv: "Ed25519"; x: string };
  /** Of the public key, as join tokens carry it. */
  fingerprint: string;
  /** Signs the cookies of sessions. */
  sessionSecret: string;
  /** True: a demonstration; nothing here may act on a host. */
  demo: boolean;
};

/** Makes the instance's keys at the first start; finds them at every other, also when two start at once. */
export async function ensureInstance(connections: Connections, kind: { demo: boolean }): Promise<Instance> {
  const [existing] = await connections.db.select({ one: instanceTable.one }).from(instanceTable);
  if (existing === undefined) {
    const { privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
    await connections.db
      .insert(instanceTable)
      .values({
        signingKey: await exportJWK(privateKey),
        sessionSecret: randomBytes(32).toString("base64url"),
        demo: kind.demo,
      })
      .onConflictDoNothing();
  }
  return instance(connections);
}

const known = new WeakMap<Connections["pool"], Promise<Instance>>();

/** The instance of this database, read once a process. Throws AppError `internal` before `ensureInstance`. */
export function instance(connections: Connections): Promise<Instance> {
  let reading = known.get(connections.pool);
  if (reading === undefined) {
    reading = readInstance(connections);
    known.set(connections.pool, reading);
    reading.catch(() => known.delete(connections.pool));
  }
  return reading;
}

async function readInstance(connections: Connections): Promise<Instance> {
  const [row] = await connections.db.select().from(instanceTable);
  const signingKey = row === undefined ? null : await importJWK(row.signingKey, "EdDSA");
  const x = row?.signingKey.x;
  if (row === undefined || signingKey === null || signingKey instanceof Uint8Array || x === undefined) {
    throw new AppError("internal", "This database holds no Banwatch yet: start it with npm start.");
  }
  const publicKey = { kty: "OKP", crv: "Ed25519", x } as const;
  return {
    signingKey,
    publicKey,
    fingerprint: await keyFingerprint(publicKey),
    sessionSecret: row.sessionSecret,
    demo: row.demo,
  };
}

/** Throws AppError `demo`: a demonstration has no hosts to act on. */
export async function refuseInDemo(connections: Connections): Promise<void> {
  const { demo } = await instance(connections);
  if (!demo) return;
  throw new AppError(
    "demo",
    "This is a demonstration with generated traffic: there is no host behind it, so nothing was changed.",
  );
}

export async function hasUsers(connections: Connections): Promise<boolean> {
  const found = await connections.db.select({ id: user.id }).from(user).limit(1);
  return found.length > 0;
}

/**
 * The secret of a fresh one-time link to create the first admin, which voids the one before; null once there is a
 * user. The link is `/setup?token=…`.
 */
export async function issueSetupToken(connections: Connections): Promise<string | null> {
  if (await hasUsers(connections)) return null;
  const token = randomBytes(24).toString("base64url");
  await connections.db.update(instanceTable).set({ setupTokenHash: hashSetupToken(token) });
  return token;
}

export function hashSetupToken(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
