// The calls of the batch guide through the official TypeScript SDK, each answer asserted.
// Reads LLAMA_CLOUD_API_KEY and LLAMA_CLOUD_BASE_URL as the SDK does; the folder with PDFs is the first argument.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import LlamaCloud from "@llamaindex/llama-cloud";

const TERMINAL = new Set(["COMPLETED", "FAILED", "CANCELLED"]);
const SCHEMA = {
  type: "object",
  properties: {
    invoice_number: { anyOf: [{ type: "string" }, { type: "null" }] },
    total: { anyOf: [{ type: "number" }, { type: "null" }], description: "Total amount, tax included" },
  },
};
const folder = process.argv[2];
const client = new LlamaCloud();

async function runBatch(directory, type, configuration_id) {
  let batch = await client.batches.create({
    source_directory_id: directory.id,
    config: { job: { type, configuration_id } },
  });
  assert.match(batch.id, /^bat-/);
  assert.equal(batch.status, "PENDING");
  while (!TERMINAL.has(batch.status)) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    batch = await client.batches.get(batch.id);
  }
  assert.equal(batch.status, "COMPLETED");
  return client.batches.get(batch.id, { expand: ["results"] });
}

function checkResults(batch, files, type) {
  const failed = batch.results.filter((result) => result.error_message);
  assert.deepEqual(new Set(batch.results.map((result) => result.source_directory_file_id)), new Set(files.keys()));
  assert.deepEqual(failed.map((result) => files.get(result.source_directory_file_id)), ["truncated.pdf"]);
  assert.ok(batch.results.every((result) => result.job_reference.type === type));
  console.log(failed[0].source_directory_file_id, "failed:", failed[0].error_message);
  return batch.results.find((result) => files.get(result.source_directory_file_id) === "invoice.pdf");
}

const expires_at = new Date(Date.now() + 2 * 24 * 60 * 60 * 1000).toISOString();
const directory = await client.beta.directories.create({ name: "invoice-batch", type: "ephemeral", expires_at });
assert.match(directory.id, /^dir-/);
assert.equal(new Date(directory.expires_at).getTime(), new Date(expires_at).getTime());

const files = new Map();
for (const name of fs.readdirSync(folder).filter((name) => name.endsWith(".pdf"))) {
  const entry = await client.beta.directories.files.upload(directory.id, {
    upload_file: fs.createReadStream(path.join(folder, name)),
    display_name: name,
  });
  assert.equal(entry.display_name, name);
  files.set(entry.id, name);
}

const parse = await runBatch(directory, "parse_v2", "cfg-PARSE_AGENTIC");
const parsedInvoice = checkResults(parse, files, "parse_v2");
for (const result of parse.results) {
  const job = await client.parsing.get(result.job_reference.id);
  const expected = result.error_message ? "FAILED" : "COMPLETED";
  assert.equal(job.status, expected); // contract 0.2: the job's fields stand at the top level too
  assert.equal(job.job.status, expected);
}
const parsed = await client.parsing.get(parsedInvoice.job_reference.id, { expand: ["markdown", "text", "items", "metadata"] });
assert.match(parsed.markdown.pages[0].markdown, /INV-2024-0117/);
assert.match(parsed.text.pages[0].text, /INV-2024-0117/);
assert.ok(parsed.items.pages[0].items.some((item) => item.type === "table"));

const configuration = await client.configurations.create({
  name: "invoice fields (typescript)",
  parameters: { product_type: "extract_v2", data_schema: SCHEMA, cite_sources: true, confidence_scores: true },
});
const extract = await runBatch(directory, "extract_v2", configuration.id);
const extractedInvoice = checkResults(extract, files, "extract_v2");
const job = await client.extract.get(extractedInvoice.job_reference.id, { expand: ["extract_metadata"] });
assert.equal(job.extract_result.invoice_number, "INV-2024-0117");
assert.equal(job.extract_metadata.field_metadata.document_metadata.invoice_number.citation[0].page, 1);

const listed = [];
for await (const item of client.batches.list({ status: "COMPLETED", source_directory_id: directory.id })) listed.push(item.id);
assert.deepEqual(new Set(listed), new Set([parse.id, extract.id]));
console.log(`typescript: ${files.size} files, 2 batches, every answer as expected`);
