// The helpers of the TypeScript SDK that wait, on documents that cannot be read: each rejects with docmill's sentence.
// The folder of example documents is the first argument.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import LlamaCloud, { toFile } from "@llamaindex/llama-cloud";

const QUICK = { pollingInterval: 0.1, backoff: "constant" };
const client = new LlamaCloud({ maxRetries: 0 });
const bytes = (name) => fs.readFileSync(path.join(process.argv[2], name));
const whole = bytes("article.pdf");
const broken = [
  ["PDF_IS_PROTECTED", "protected.pdf", bytes("protected.pdf")],
  ["UNSUPPORTED_FILE_TYPE", "backup.dat", bytes("backup.dat")],
  ["FILE_DAMAGED", "truncated.pdf", whole.subarray(0, whole.length / 2)],
];

// The job's id and docmill's sentence out of what the SDK says.
async function told(call, code) {
  const error = await call().then((job) => assert.fail(`went through: ${JSON.stringify(job)}`), (error) => error);
  assert.equal(error.constructor.name, "PollingError", error.message); // the SDK does not export it
  const found = error.message.match(new RegExp(`^Job (\\S+) failed with status: FAILED \\| Error: (${code}: \\S.+)$`));
  assert.ok(found, error.message);
  return { job: found[1], sentence: found[2] };
}

async function parsing(code, upload_file) {
  const calls = client.parsing;
  const asked = { upload_file, tier: "fast", version: "latest", expand: ["text"] };
  const failed = await told(() => calls.parse(asked, QUICK), code);
  const { job, text } = await calls.get(failed.job, { expand: ["text"] });
  assert.deepEqual([job.status, job.error_message, text ?? null], ["FAILED", failed.sentence, null]);
  assert.deepEqual(await told(() => calls.waitForCompletion(failed.job, undefined, QUICK), code), failed);
}

async function extract(code, file) {
  const calls = client.extract;
  const stored = await client.files.create({ file, purpose: "extract" });
  const configuration = { data_schema: { type: "object", properties: { total: { type: ["number", "null"] } } } };
  const failed = await told(() => calls.run({ file_input: stored.id, configuration }, QUICK), code);
  const job = await calls.get(failed.job);
  assert.deepEqual([job.status, job.error_message, job.extract_result ?? null], ["FAILED", failed.sentence, null]);
  assert.deepEqual(await told(() => calls.waitForCompletion(failed.job, undefined, QUICK), code), failed);
}

for (const [code, name, data] of broken) {
  await parsing(code, await toFile(data, name));
  await extract(code, await toFile(data, name));
}
console.log(`helpers, typescript: ${broken.length} documents that cannot be read, every answer as expected`);
