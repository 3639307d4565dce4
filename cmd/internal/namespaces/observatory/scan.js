// Scans the hosts named on the command line with the HTTP Observatory, as its own command does, and writes one line of
// JSON for each: the result, the points and the word of every test, the score and the grade.
import { createRequire } from "node:module";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";

// The package downloads the list of preloaded hosts when it is installed, from the Internet. An empty list stands for it:
// no host of the lab is preloaded.
const home = path.dirname(createRequire(import.meta.url).resolve("@mdn/mdn-http-observatory"));
const list = path.join(home, "..", "conf", "hsts-preload.json");
if (!existsSync(list)) {
  writeFileSync(list, "{}");
}

const { scan } = await import("@mdn/mdn-http-observatory");

async function report(host) {
  try {
    const { scan: total, tests } = await scan(host);
    const brief = {};
    for (const [name, test] of Object.entries(tests)) {
      brief[name] = { result: test.result, modifier: test.scoreModifier, pass: test.pass };
    }
    return { host, score: total.score, grade: total.grade, tests: brief };
  } catch (error) {
    return { host, error: String(error) };
  }
}

for (const host of process.argv.slice(2)) {
  process.stdout.write(JSON.stringify(await report(host)) + "\n");
}
