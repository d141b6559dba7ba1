// Every method of the resources that docmill serves through the official TypeScript SDK, each answer asserted. A method
// that was not answered with success fails the run. The folder of example documents is the first argument.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import LlamaCloud, { toFile } from "@llamaindex/llama-cloud";
import { UUID, recorded, scope, servedMethods } from "./scope.mjs";

const SCHEMA = {
  type: "object",
  properties: { invoice_number: { anyOf: [{ type: "string" }, { type: "null" }] } },
};
const QUICK = { pollingInterval: 0.1 };
const tag = `driver ${randomUUID()}`;
const documents = process.argv[2];
const sdk = new LlamaCloud({ maxRetries: 0 });
const called = new Set();
const client = recorded(sdk, called);

const file = (name) => fs.createReadStream(path.join(documents, name));

// As drivers/long_scan.py: scan.pdf with its page forty times, so that it is still read when it is cancelled.
async function longScan() {
  const pages = 40;
  const scan = fs.readFileSync(path.join(documents, "scan.pdf"));
  const text = scan.toString("latin1");
  const page = /\n4 0 obj([^]+?)endobj/.exec(text)[1];
  const before = /startxref\s+(\d+)/.exec(text)[1];
  const numbers = Array.from({ length: pages }, (_, at) => 9 + at);
  const kids = numbers.map((number) => `${number} 0 R`).join(" ");
  const objects = [[7, `\n<< /Type /Pages /Count ${pages} /Kids [ ${kids} ] >>\n`], ...numbers.map((number) => [number, page])];
  let [written, places] = [text, ""];
  for (const [number, content] of objects) {
    places += `${number} 1\n${String(written.length).padStart(10, "0")} 00000 n \n`;
    written += `${number} 0 obj${content}endobj\n`;
  }
  const trailer = `trailer\n<< /Root 5 0 R /Size ${9 + pages} /Prev ${before} >>\nstartxref\n${written.length}\n%%EOF\n`;
  return toFile(Buffer.from(`${written}xref\n${places}${trailer}`, "latin1"), "long.pdf");
}

const ids = (items) => items.map((item) => item.id).sort();

async function every(listing) {
  const items = [];
  for await (const item of listing) items.push(item);
  return items;
}

// A list holds exactly these ids, whatever the page size.
async function collected(list, expected, filters = {}) {
  for (const page_size of [1, 2, 1000]) {
    assert.deepEqual(ids(await every(list({ ...filters, page_size }))), [...expected].sort());
  }
}

async function refused(status, code, call) {
  await assert.rejects(async () => await call(), (error) => {
    assert.deepEqual([error.status, error.error?.code], [status, code], error.message);
    return true;
  });
}

async function projects() {
  const [project] = await client.projects.list();
  assert.match(project.id, /^prj-/);
  assert.deepEqual(await client.projects.list({ project_name: "no such project" }), []);
  assert.deepEqual(ids(await every(client.v2Projects.list({ page_size: 1 }))), [project.id]);
  for (const calls of [client.projects, client.v2Projects]) {
    assert.equal((await calls.get(project.id)).name, project.name);
    await refused(404, "NOT_FOUND", () => calls.get(`prj-${UUID}`));
  }
}

async function configurations() {
  const calls = client.configurations;
  const parse = { product_type: "parse_v2", tier: "agentic", version: "latest" };
  const made = await calls.create({ name: tag, parameters: parse });
  const again = await calls.create({ name: tag, parameters: { ...parse, tier: "fast" } });
  assert.equal(again.id, made.id);
  assert.equal((await calls.retrieve(made.id)).parameters.tier, "fast");
  assert.deepEqual(ids(await every(calls.list({ name: tag, latest_only: true, page_size: 1 }))), [made.id]);
  assert.equal((await calls.update(made.id, { name: `${tag} renamed` })).name, `${tag} renamed`);
  await refused(422, "INVALID_REQUEST", () => calls.create({ name: tag, parameters: { ...parse, unknown_option: 1 } }));
  await refused(403, "FORBIDDEN", () => calls.delete("cfg-PARSE_AGENTIC"));
  await calls.delete(made.id);
  await refused(404, "NOT_FOUND", () => calls.retrieve(made.id));
}

async function files() {
  const calls = client.files;
  const first = await calls.create({ file: file("invoice.pdf"), purpose: "parse", external_file_id: tag });
  const second = await calls.create({ file: await toFile(Buffer.from("text"), `${tag}.txt`), purpose: "extract" });
  assert.deepEqual([first.name, first.file_type, first.purpose], ["invoice.pdf", "pdf", "parse"]);
  const both = { file_ids: [first.id, second.id] };
  await collected((asked) => calls.list(asked), [first.id, second.id], both);
  await collected((asked) => calls.list(asked), [first.id], { external_file_id: tag });
  const read = await calls.retrieve(second.id, { expand: ["download_url"] });
  const link = await calls.content(first.id, { expires_at_seconds: 60 });
  assert.equal(await (await fetch(read.download_url.url)).text(), "text");
  const bytes = Buffer.from(await (await fetch(link.url)).arrayBuffer());
  assert.ok(bytes.equals(fs.readFileSync(path.join(documents, "invoice.pdf"))));
  assert.deepEqual(ids((await calls.query({ filter: both })).items), [first.id, second.id].sort());
  for (const made of [first, second]) {
    await calls.delete(made.id);
    await refused(404, "NOT_FOUND", () => calls.retrieve(made.id));
  }
}

async function directories() {
  const calls = client.beta.directories;
  const made = await calls.create({ name: tag, type: "ephemeral", description: "first" });
  assert.match(made.id, /^dir-/);
  assert.ok(made.expires_at);
  await collected((asked) => calls.list(asked), [made.id], { name: tag, types: ["ephemeral", "user"] });
  assert.equal((await calls.update(made.id, { description: "second" })).description, "second");
  assert.equal((await calls.get(made.id)).description, "second");

  const entries = calls.files;
  const other = await calls.create({ name: `${tag}, moved` });
  const uploaded = await entries.upload(made.id, { upload_file: file("letter.pdf"), display_name: "Grüße.pdf", unique_id: "u-1" });
  assert.deepEqual([uploaded.display_name, uploaded.unique_id], ["Grüße.pdf", "u-1"]);
  const stored = await client.files.create({ file: file("notes.txt"), purpose: "user_data" });
  const added = await entries.add(made.id, { file_id: stored.id, metadata: { kind: "stored" } });
  await collected((asked) => entries.list(made.id, asked), [uploaded.id, added.id]);
  await collected((asked) => entries.list(made.id, asked), [uploaded.id], { display_name_contains: "rüß" });
  const linked = await entries.get(uploaded.id, { directory_id: made.id, expand: ["download_url"] });
  assert.equal((await fetch(linked.download_url.url)).status, 200);
  const moved = await entries.update(added.id, { directory_id: made.id, target_directory_id: other.id, display_name: "moved.txt" });
  assert.deepEqual([moved.directory_id, moved.display_name], [other.id, "moved.txt"]);
  await entries.delete(uploaded.id, { directory_id: made.id });
  await refused(404, "NOT_FOUND", () => entries.get(uploaded.id, { directory_id: made.id }));
  await calls.delete(made.id);
  await refused(404, "NOT_FOUND", () => calls.get(made.id));
}

async function parsing() {
  const calls = client.parsing;
  const versions = await calls.listVersions();
  assert.equal(versions.latest.agentic, versions.agentic[0]);
  const options = { tier: "agentic", version: "latest", expand: ["text_full", "markdown", "items", "metadata"] };
  const parsed = await calls.parse({ upload_file: file("invoice.pdf"), ...options }, QUICK);
  assert.equal(parsed.job.status, "COMPLETED");
  assert.match(parsed.text_full, /INV-2024-0117/);
  assert.ok(parsed.items.pages[0].items.some((item) => item.type === "table"));
  const stored = await client.files.create({ file: file("letter.pdf"), purpose: "parse" });
  const job = await calls.create({ file_id: stored.id, tier: "fast", version: "latest", user_metadata: { case: "7" } });
  assert.deepEqual(job.user_metadata, { case: "7" });
  const done = await calls.waitForCompletion(job.id, { expand: ["text"] }, QUICK);
  assert.equal(done.job.status, "COMPLETED");
  assert.ok((await calls.get(job.id, { expand: ["metadata"] })).metadata.pages.length > 0);
  await collected((asked) => calls.list(asked), [job.id, parsed.job.id], { job_ids: [job.id, parsed.job.id] });
  await refused(422, "TIER_LACKS_OUTPUT", () => calls.get(job.id, { expand: ["markdown"] }));
  await refused(409, "CONFLICT", () => calls.cancel(job.id));
  const scanned = await calls.create({ upload_file: file("scan.pdf"), tier: "agentic", version: "latest", disable_cache: true });
  assert.equal((await calls.cancel(scanned.id)).id, scanned.id); // reading a scan takes longer than asking
  assert.equal((await calls.delete(job.id)).id, job.id);
  await refused(404, "NOT_FOUND", () => calls.get(job.id));
}

async function extract() {
  const calls = client.extract;
  const stored = await client.files.create({ file: file("invoice.pdf"), purpose: "extract" });
  const configuration = { data_schema: SCHEMA, cite_sources: true, confidence_scores: true };
  const done = await calls.run({ file_input: stored.id, configuration }, QUICK);
  assert.equal(done.extract_result.invoice_number, "INV-2024-0117");
  const parameters = { product_type: "extract_v2", ...configuration };
  const saved = await client.configurations.create({ name: `${tag}, extract`, parameters });
  const job = await calls.create({ file_input: stored.id, configuration_id: saved.id });
  assert.equal((await calls.waitForCompletion(job.id, undefined, QUICK)).status, "COMPLETED");
  await readWithEveryExpand(job.id);
  await collected((asked) => calls.list(asked), [job.id, done.id], { file_input: stored.id });
  await collected((asked) => calls.list(asked), [job.id], { configuration_id: saved.id, status: "COMPLETED" });
  await collected((asked) => calls.list(asked), [job.id], { job_ids: [job.id], document_input_type: "file_id" });
  await collected((asked) => calls.list(asked), [], { file_input: stored.id, status: "FAILED" });
  assert.ok((await calls.validateSchema({ data_schema: SCHEMA })).data_schema.properties.invoice_number);
  await refused(422, "SCHEMA_INVALID", () => calls.validateSchema({ data_schema: { type: "array" } }));
  for (const asked of [{ file_id: stored.id }, { file_id: stored.id, prompt: "invoice number and total" }]) {
    const { properties } = (await calls.generateSchema(asked)).parameters.data_schema;
    assert.deepEqual([properties.invoice_number.type, properties.total.type], ["string", "number"]);
    assert.equal(Object.keys(properties).length === 2, "prompt" in asked, Object.keys(properties).join());
  }
  const drafted = await calls.generateSchema({ prompt: "invoice number", name: "drafted" });
  assert.equal(drafted.parameters.product_type, "extract_v2");
  await refused(404, "NOT_FOUND", () => calls.generateSchema({ file_id: `fil-${UUID}` }));
  await refused(409, "CONFLICT", () => calls.cancel(job.id));
  const scan = await client.files.create({ file: await longScan(), purpose: "extract" });
  const scanned = await calls.create({ file_input: scan.id, configuration: { ...configuration, disable_cache: true } });
  assert.equal((await calls.cancel(scanned.id)).id, scanned.id);
  await assert.rejects(calls.waitForCompletion(scanned.id, undefined, QUICK), /CANCELLED/);
  assert.match((await calls.get(scanned.id)).error_message, /^CANCELLED: /);
  await calls.delete(job.id, { force: true });
  await refused(404, "NOT_FOUND", () => calls.get(job.id));
  await refused(422, "INVALID_REQUEST", () => calls.create({ file_input: stored.id }));
  await client.configurations.delete(saved.id);
}

async function readWithEveryExpand(id) {
  const read = await client.extract.get(id, { expand: ["configuration", "extract_metadata", "metadata", "usage"] });
  assert.deepEqual(read.configuration.data_schema, SCHEMA);
  const number = read.extract_metadata.field_metadata.document_metadata.invoice_number;
  if (read.extract_result.invoice_number !== null) {
    assert.ok(number.citation[0].page === 1 && number.citation[0].bounding_boxes.length > 0, JSON.stringify(number));
    assert.ok(number.confidence > 0 && number.confidence <= 1, JSON.stringify(number));
  }
  assert.ok(read.metadata.usage.num_pages_extracted > 0, JSON.stringify(read.metadata));
  assert.deepEqual(Object.keys(read.usage).sort(), ["credits", "extract_credits", "parse_credits"]);
  const plain = await client.extract.get(id);
  assert.ok(!plain.configuration && !plain.metadata && !plain.usage, "what was not asked for is not answered");
  return read;
}

async function batches() {
  const directory = await client.beta.directories.create({ name: `${tag}, batches` });
  await client.beta.directories.files.upload(directory.id, { upload_file: file("letter.pdf") });
  const config = { job: { type: "parse_v2", configuration_id: "cfg-PARSE_FAST" } };
  const made = [];
  for (let n = 0; n < 3; n += 1) made.push(await client.batches.create({ source_directory_id: directory.id, config }));
  await collected((asked) => client.batches.list(asked), ids(made), { source_directory_id: directory.id });
  for (const { id } of made) assert.equal((await ended(id)).status, "COMPLETED");
  await refused(409, "CONFLICT", () => client.batches.cancel(made[0].id));
  await extractBatch();
  const parse = { product_type: "parse_v2", tier: "agentic", version: "latest", disable_cache: true };
  const extraction = { product_type: "extract_v2", data_schema: SCHEMA, disable_cache: true };
  for (const parameters of [parse, extraction]) await cancelled(parameters);
}

async function ended(id) {
  let batch = await client.batches.get(id);
  while (!["COMPLETED", "FAILED", "CANCELLED"].includes(batch.status)) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    batch = await client.batches.get(id);
  }
  return client.batches.get(id, { expand: ["results"] });
}

// Extractions of a batch: read with every expand, listed, and deleted one by one.
async function extractBatch() {
  const directory = await client.beta.directories.create({ name: `${tag}, extractions` });
  for (const name of ["invoice.pdf", "letter.pdf"]) {
    await client.beta.directories.files.upload(directory.id, { upload_file: file(name) });
  }
  const parameters = { product_type: "extract_v2", data_schema: SCHEMA, cite_sources: true, confidence_scores: true };
  const saved = await client.configurations.create({ name: `${tag}, extractions`, parameters });
  const job = { type: "extract_v2", configuration_id: saved.id };
  const made = await client.batches.create({ source_directory_id: directory.id, config: { job } });
  const batch = await ended(made.id);
  assert.equal(batch.status, "COMPLETED");
  const jobs = batch.results.map((result) => result.job_reference.id);
  await collected((asked) => client.extract.list(asked), jobs, { configuration_id: saved.id, status: "COMPLETED" });
  const numbers = [];
  for (const id of jobs) numbers.push((await readWithEveryExpand(id)).extract_result.invoice_number);
  assert.ok(numbers.includes("INV-2024-0117"), numbers.join());
  for (const id of jobs) {
    await refused(409, "CONFLICT", () => client.extract.cancel(id));
    await client.extract.delete(id);
  }
  await collected((asked) => client.extract.list(asked), [], { configuration_id: saved.id });
}

// A batch that is cancelled while its file is read: every job of it ends so.
async function cancelled(parameters) {
  const type = parameters.product_type;
  const scans = await client.beta.directories.create({ name: `${tag}, cancelled ${type}` });
  await client.beta.directories.files.upload(scans.id, { upload_file: await longScan() });
  const saved = await client.configurations.create({ name: `${tag}, cancelled ${type}`, parameters });
  const job = { type, configuration_id: saved.id };
  const made = await client.batches.create({ source_directory_id: scans.id, config: { job } });
  assert.equal((await client.batches.cancel(made.id)).id, made.id);
  const batch = await ended(made.id);
  assert.equal(batch.status, "CANCELLED");
  assert.match(batch.results[0].error_message, /^CANCELLED: /);
}

async function webhookConfigs() {
  const calls = client.webhookConfigs;
  const made = await calls.create({ webhook_url: "https://example.com/hook", webhook_signing_secret: "s" });
  assert.ok(made.has_secret);
  const changed = await calls.update(made.id, { webhook_output_format: "json" });
  assert.deepEqual([changed.webhook_output_format, changed.webhook_url], ["json", "https://example.com/hook"]);
  assert.equal((await calls.retrieve(made.id)).id, made.id);
  assert.ok((await calls.list()).some((item) => item.id === made.id));
  await calls.delete(made.id);
  await refused(404, "NOT_FOUND", () => calls.retrieve(made.id));
}

for (const driver of [projects, configurations, files, directories, parsing, extract, batches, webhookConfigs]) {
  const begun = Date.now();
  await driver();
  console.log(`${driver.name}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}
const known = servedMethods(sdk);
assert.deepEqual(known.filter((name) => !called.has(name)), [], "methods that were not answered with success");
await scope(sdk);
console.log(`typescript: ${known.length} methods, every answer as expected`);
