import { exportJWK, generateKeyPair } from "jose";
import { expect, test } from "vitest";
import { keyFingerprint } from "./join-token.ts";
import { signEnrolment, verifyEnrolment } from "./signed-enrolment.ts";

async function keys() {
  const { privateKey, publicKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const { x } = await exportJWK(publicKey);
  return { privateKey, jwk: { kty: "OKP" as const, crv: "Ed25519" as const, x: x! } };
}
const enrolled = { hostId: "3f0c2f0e-6a58-4a2e-9d6b-6a0f5c8f9a11", hostName: "web-1" };

test("an agent believes the app whose fingerprint is in its join token", async () => {
  const [app, agent] = [await keys(), await keys()];
  const answer = {
    jws: await signEnrolment(app.privateKey, enrolled, agent.jwk),
    appPublicKey: app.jwk,
  };
  const appFingerprint = await keyFingerprint(app.jwk);
  expect(await verifyEnrolment(answer, { appFingerprint, agentPublicKey: agent.jwk })).toEqual(enrolled);
});

test("an answer of another app, for another agent, or with another key's signature is refused", async () => {
  const [app, agent, other] = [await keys(), await keys(), await keys()];
  const appFingerprint = await keyFingerprint(app.jwk);
  const jws = await signEnrolment(app.privateKey, enrolled, agent.jwk);
  const forged = await signEnrolment(other.privateKey, enrolled, agent.jwk);
  const expected = { appFingerprint, agentPublicKey: agent.jwk };
  expect(await verifyEnrolment({ jws: forged, appPublicKey: other.jwk }, expected)).toBeNull();
  expect(await verifyEnrolment({ jws: forged, appPublicKey: app.jwk }, expected)).toBeNull();
  expect(
    await verifyEnrolment({ jws, appPublicKey: app.jwk }, { appFingerprint, agentPublicKey: other.jwk }),
  ).toBeNull();
});
