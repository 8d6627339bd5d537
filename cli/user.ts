import { createInterface } from "node:readline";
import type { Command } from "commander";
import { COMMAND_LINE } from "../lib/action/record-action.ts";
import { type Role, ROLES } from "../lib/auth/role.ts";
import {
  addUser,
  changePassword,
  changeRole,
  endSessions,
  listUsers,
  removeUser,
} from "../lib/auth/users.ts";
import { readConfig } from "../lib/config/config.ts";
import { Problem } from "../lib/error/problem.ts";
import { withDatabase } from "./start/with-database.ts";

/** `banwatch user …`: people, directly in the database; whoever can read its files needs no other permission. */
export function addUserCommand(program: Command): void {
  const user = program.command("user").description("add, change, remove and list the people who may sign in");
  user
    .command("add")
    .description("add a person; the password is asked for, or read from standard input")
    .argument("<email>", "the e-mail address to sign in with")
    .requiredOption("--name <name>", "the name that pages and the log show")
    .option("--role <role>", `one of ${ROLES.join(", ")}`, "viewer")
    .action(async (email: string, options: { name: string; role: string }) => {
      const role = readRole(options.role);
      const password = await readPassword();
      await withDatabase(readConfig(process.env), (database) =>
        addUser(database, COMMAND_LINE, { ...options, email, role, password }),
      );
      console.log(`${email} may sign in as ${role}.`);
    });
  user
    .command("role")
    .description("change what a person may do, from their next click on")
    .argument("<email>")
    .argument("<role>", ROLES.join(", "))
    .action(async (email: string, roleText: string) => {
      const role = readRole(roleText);
      await withDatabase(readConfig(process.env), (database) =>
        changeRole(database, COMMAND_LINE, email, role),
      );
      console.log(`${email} is ${role} now.`);
    });
  user
    .command("password")
    .description(
      "set a person's password and end their sessions; it is asked for, or read from standard input",
    )
    .argument("<email>")
    .action(async (email: string) => {
      const password = await readPassword();
      await withDatabase(readConfig(process.env), (database) =>
        changePassword(database, COMMAND_LINE, email, password),
      );
      console.log(`The password of ${email} is changed; they must sign in again.`);
    });
  user
    .command("sign-out")
    .description("end all sessions of a person, on every device")
    .argument("<email>")
    .action(async (email: string) => {
      const ended = await withDatabase(readConfig(process.env), (database) =>
        endSessions(database, COMMAND_LINE, email),
      );
      console.log(`${ended} ${ended === 1 ? "session" : "sessions"} of ${email} ended.`);
    });
  user
    .command("remove")
    .description("remove a person and end their sessions")
    .argument("<email>")
    .action(async (email: string) => {
      await withDatabase(readConfig(process.env), (database) => removeUser(database, COMMAND_LINE, email));
      console.log(`${email} can't sign in any more.`);
    });
  user
    .command("list")
    .description("list everybody who may sign in")
    .action(async () => {
      const people = await withDatabase(readConfig(process.env), listUsers);
      for (const { email, role, name } of people) console.log(`${email}\t${role}\t${name}`);
      if (people.length === 0) console.log("Nobody yet: open the link that npm start prints.");
    });
}

function readRole(text: string): Role {
  const role = ROLES.find((each) => each === text);
  if (role === undefined) throw new Problem(`“${text}” is not a role: choose one of ${ROLES.join(", ")}.`);
  return role;
}

async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return readLine(process.stdin);
  process.stderr.write("Password: ");
  process.stdin.setRawMode(true);
  try {
    return await readSecretly();
  } finally {
    process.stdin.setRawMode(false);
    process.stdin.pause();
    process.stderr.write("\n");
  }
}

async function readLine(input: NodeJS.ReadStream): Promise<string> {
  for await (const line of createInterface({ input })) return line;
  throw new Problem("There was no password on standard input.");
}

/** What is typed, without showing it. */
async function readSecretly(): Promise<string> {
  let typed = "";
  process.stdin.setEncoding("utf8");
  for await (const chunk of process.stdin) {
    for (const character of String(chunk)) {
      if (character === "\r" || character === "\n") return typed;
      if (character === "\u0003") throw new Problem("Nothing was changed.");
      typed = character === "\u007f" ? typed.slice(0, -1) : typed + character;
    }
  }
  return typed;
}
