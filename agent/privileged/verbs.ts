import * as z from "zod";
import type { Enforcer } from "../firewall/enforcer.ts";

const prefix = z.string().max(64);
const prefixes = z.array(prefix).max(2_000_000);

/** What the unprivileged part may ask of the privileged one: the verbs of `Enforcer`, and nothing else. */
export const requestSchema = z.discriminatedUnion("verb", [
  z.strictObject({ id: z.int(), verb: z.literal("probe"), args: z.tuple([]) }),
  z.strictObject({ id: z.int(), verb: z.literal("list"), args: z.tuple([]) }),
  z.strictObject({ id: z.int(), verb: z.literal("listRules"), args: z.tuple([]) }),
  z.strictObject({ id: z.int(), verb: z.literal("sessions"), args: z.tuple([]) }),
  z.strictObject({ id: z.int(), verb: z.literal("lookInFail2ban"), args: z.tuple([prefix]) }),
  z.strictObject({ id: z.int(), verb: z.literal("lookInRules"), args: z.tuple([prefix]) }),
  z.strictObject({ id: z.int(), verb: z.literal("unban"), args: z.tuple([prefix]) }),
  z.strictObject({
    id: z.int(),
    verb: z.literal("ban"),
    args: z.tuple([prefix, z.array(z.string().max(128)).max(200)]),
  }),
  z.strictObject({
    id: z.int(),
    verb: z.literal("allow"),
    args: z.tuple([z.strictObject({ deny: prefixes, allow: prefixes })]),
  }),
]);
export type VerbRequest = z.infer<typeof requestSchema>;

/** The privileged part made the answer, so its shape is trusted; that it answers is not. */
export const answerSchema = z.object({ id: z.int(), error: z.string().optional(), value: z.unknown() });

/** The first words of the unprivileged part: it reached what it needs, or why it can't. */
export const readySchema = z.object({ ready: z.boolean(), reason: z.string().optional() });

/** Carries out one request. Throws the host's own words. */
export async function carryOutVerb(enforcer: Enforcer, request: VerbRequest): Promise<unknown> {
  switch (request.verb) {
    case "probe":
      return await enforcer.probe();
    case "list":
      return await enforcer.list();
    case "listRules":
      return await enforcer.listRules();
    case "sessions":
      return await enforcer.sessions();
    case "lookInFail2ban":
      return await enforcer.lookInFail2ban(...request.args);
    case "lookInRules":
      return await enforcer.lookInRules(...request.args);
    case "unban":
      return await enforcer.unban(...request.args);
    case "ban":
      return await enforcer.ban(...request.args);
    case "allow":
      return await enforcer.allow(...request.args);
    default:
      return request satisfies never;
  }
}
