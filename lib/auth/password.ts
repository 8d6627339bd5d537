import * as z from "zod";

const MIN_LENGTH = 12;
/** scrypt takes any length; this only bounds the work. */
const MAX_LENGTH = 128;
const MIN_DISTINCT = 5;

/** What a person signs in with. */
export const nameSchema = z
  .string("Give a name.")
  .trim()
  .min(1, "Give a name.")
  .max(100, "The name is longer than 100 characters.")
  // oxlint-disable-next-line no-control-regex -- these are what must not be in a name
  .regex(
    /^[^\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]*$/,
    "The name has invisible characters.",
  );
export const emailSchema = z
  .string("Give an e-mail address.")
  .trim()
  .toLowerCase()
  .max(254, "The e-mail address is too long.")
  .pipe(z.email("This is not an e-mail address."));

/**
 * What is wrong with a new password, as a sentence; null when it will do. Length is what counts (NIST SP 800-63B):
 * no classes of characters are asked for, but it may not be made of what an attacker tries first.
 */
export function passwordProblem(password: string, person: { name: string; email: string }): string | null {
  if (password.length < MIN_LENGTH) return `The password needs at least ${MIN_LENGTH} characters.`;
  if (password.length > MAX_LENGTH) return `The password may have at most ${MAX_LENGTH} characters.`;
  const lower = password.toLowerCase();
  if (new Set(lower).size < MIN_DISTINCT || /^\d+$/.test(password)) {
    return "The password is too easy to guess: use several words, or let a password manager make it.";
  }
  const guessable = [
    person.email.split("@")[0]!,
    ...person.name.split(/\s+/),
    "banwatch",
    "password",
    "fail2ban",
  ];
  const rest = guessable
    .filter((part) => part.length >= 3)
    .reduce((text, part) => text.replaceAll(part.toLowerCase(), ""), lower);
  if (rest.length < MIN_LENGTH - 4) {
    return "The password is too easy to guess: it is mostly your name, your e-mail address or a common word.";
  }
  return null;
}
