import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { hostTimeZone } from "../agent/parse/parse-line.ts";
import { COMMAND_LINE } from "../lib/action/record-action.ts";
import { readConfig } from "../lib/config/config.ts";
import type { Connections } from "../lib/db/client.ts";
import { Problem } from "../lib/error/problem.ts";
import { geo } from "../lib/geo/geo.ts";
import { importHostId } from "../lib/import/import-host.ts";
import { type ImportCounts, importLog } from "../lib/import/import-log.ts";
import { recordImport } from "../lib/import/record-import.ts";
import { isTimeZone } from "../lib/import/time-zone.ts";
import { withDatabase } from "./start/with-database.ts";

type Options = { host: string; tz: string };

const READ_CHUNK_BYTES = 1024 * 1024;
const PROGRESS_EVERY_MS = 200;

export function addImportCommand(program: Command): void {
  program
    .command("import")
    .description("store log files (.gz too); what was imported before is not stored again")
    .argument("<file...>", "fail2ban.log files; - reads from standard input")
    .option("--host <name>", "the name that the page shows for them", parseHostName, "imported")
    .option("--tz <zone>", "the time zone of the stamps in them", parseTimeZone, hostTimeZone())
    .action(async (files: string[], options: Options) => {
      await checkReadable(files);
      await withDatabase(readConfig(process.env), (connections) => importFiles(connections, files, options));
    });
}

function parseHostName(text: string): string {
  if (/^[\w.-]{1,253}$/.test(text)) return text;
  throw new InvalidArgumentError("A host's name has letters, digits, dots, hyphens and underscores.");
}

function parseTimeZone(text: string): string {
  if (isTimeZone(text)) return text;
  throw new InvalidArgumentError("It must be a zone's name like Europe/Berlin or UTC.");
}

/** Before anything is stored: a mistyped name should not be found out after an hour. */
async function checkReadable(files: readonly string[]): Promise<void> {
  for (const file of files) {
    if (file === "-") continue;
    const found = await stat(file).catch((cause: unknown) => {
      throw new Problem(`The file ${file} can't be read. Nothing was imported.`, { cause });
    });
    if (!found.isFile()) throw new Problem(`${file} is not a file. Nothing was imported.`);
  }
}

async function importFiles(
  connections: Connections,
  files: readonly string[],
  options: Options,
): Promise<void> {
  const places = await geo();
  const hostId = await importHostId(connections, options.host);
  let failed = 0;
  for (const file of files) {
    const progress = createProgress(file, file === "-" ? null : (await stat(file)).size);
    const startedMs = performance.now();
    const source = file === "-" ? process.stdin : createReadStream(file, { highWaterMark: READ_CHUNK_BYTES });
    try {
      const counts = await recordImport(connections, COMMAND_LINE, basename(file), () =>
        importLog(connections, places, source, {
          hostId,
          timeZone: options.tz,
          onProgress: progress.show,
        }),
      );
      progress.clear();
      console.log(summary(file, counts, (performance.now() - startedMs) / 1000));
    } catch (error) {
      progress.clear();
      failed += 1;
      console.error(
        `${file}: ${error instanceof Error ? error.message : String(error)}. What was read until then is stored; import it again to go on.`,
      );
    }
  }
  if (failed > 0) {
    throw new Problem(
      `${failed} of ${files.length} ${files.length === 1 ? "file" : "files"} could not be imported to the end.`,
    );
  }
}

function summary(file: string, counts: ImportCounts, seconds: number): string {
  const number = new Intl.NumberFormat("en");
  const rate = Math.round(counts.lines / Math.max(seconds, 0.001));
  return [
    `${file}: ${number.format(counts.lines)} lines in ${seconds.toFixed(1)} s (${number.format(rate)} a second)`,
    `  ${number.format(counts.events)} events: ${number.format(counts.stored)} new, ${number.format(counts.known)} stored before`,
    `  ${number.format(counts.ignored)} lines ignored, ${number.format(counts.unreadable)} unreadable`,
  ].join("\n");
}

/** One line on the terminal that counts; nothing when the output goes elsewhere. */
function createProgress(
  file: string,
  size: number | null,
): { show: (counts: Readonly<ImportCounts>) => void; clear: () => void } {
  const { stderr } = process;
  let shownMs = 0;
  const isZipped = file.endsWith(".gz");
  return {
    show: ({ bytes, lines }) => {
      if (!stderr.isTTY || performance.now() - shownMs < PROGRESS_EVERY_MS) return;
      shownMs = performance.now();
      const share = size === null || size === 0 || isZipped ? "" : ` ${Math.floor((100 * bytes) / size)} %`;
      stderr.write(`\r\u001b[K${file}:${share} ${new Intl.NumberFormat("en").format(lines)} lines`);
    },
    clear: () => {
      if (stderr.isTTY) stderr.write("\r\u001b[K");
    },
  };
}
