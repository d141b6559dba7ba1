// Which resources of the TypeScript SDK docmill serves and which not, compared with what the SDK has: a resource or method
// that a newer SDK adds must be driven or named here.
import assert from "node:assert/strict";

export const UUID = "01890a5d-ac96-774b-bcce-b302099a8057";
const SERVED = [
  "batches", "beta.directories", "beta.directories.files", "files", "parsing", "extract", "configurations",
  "webhookConfigs", "projects", "v2Projects",
];
// The resource, or all below it, and why docmill refuses it: what it is about, in the words of the refusal.
const NOT_SERVED = {
  "beta.agentData": "agent data",
  "beta.chat": "chat",
  "beta.indexes": "indexes",
  "beta.retrieval": "retrieval",
  "beta.split": "splitting of documents",
  classifier: "classification",
  classify: "classification",
  dataSinks: "data sinks",
  dataSources: "data sources",
  jobDataPoints: "data points of jobs",
  pipelines: "pipelines",
  "pipelines.images": "page images",
  retrievers: "retrievers",
  split: "splitting of documents",
};

// The SDK's object, with every method that was answered with success written down in `called`.
export function recorded(target, called, name = "") {
  return new Proxy(target, {
    get(_, property) {
      const found = target[property];
      const dotted = name ? `${name}.${String(property)}` : String(property);
      if (typeof found !== "function") return isResource(found) ? recorded(found, called, dotted) : found;
      return (...given) => {
        const answer = found.apply(target, given);
        Promise.resolve(answer).then(() => called.add(dotted), () => {}); // who called it hears of a refusal
        return answer;
      };
    },
  });
}

function isResource(value) {
  return value instanceof Object && "_client" in value;
}

// [name, resource] of all resources of the SDK, those inside others too.
function resources(owner, prefix = "") {
  const own = Object.keys(owner).filter((key) => key !== "_client" && isResource(owner[key]));
  return own.flatMap((key) => [[prefix + key, owner[key]], ...resources(owner[key], `${prefix}${key}.`)]);
}

function methods(resource) {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(resource));
  return names.filter((name) => name !== "constructor" && !name.startsWith("_"));
}

function reason(name) {
  const above = Object.keys(NOT_SERVED).filter((key) => `${name}.`.startsWith(`${key}.`));
  return NOT_SERVED[above.sort((one, other) => other.length - one.length)[0]];
}

export function servedMethods(sdk) {
  const served = resources(sdk).filter(([name]) => SERVED.includes(name));
  return served.flatMap(([name, resource]) => methods(resource).map((method) => `${name}.${method}`));
}

// Every resource is served or named, and what is not served is refused with the reason.
export async function scope(sdk) {
  // A refusal closes the connection when it does not wait for the body, so the SDK may have to try again.
  const found = resources(sdk.withOptions({ maxRetries: 2 }));
  const names = found.map(([name]) => name);
  assert.deepEqual([...SERVED, ...Object.keys(NOT_SERVED)].filter((name) => !names.includes(name)), [], "not in this SDK");
  // Whatever else a path is made of.
  const ids = new Proxy({}, { get: (_, key) => (/(^|_)(id|index|name)$/.test(String(key)) ? UUID : undefined) });
  for (const [name, resource] of found.filter(([, resource]) => methods(resource).length > 0)) {
    assert.notEqual(SERVED.includes(name), reason(name) !== undefined, `${name}: either served or named with a reason`);
    for (const method of SERVED.includes(name) ? [] : methods(resource)) {
      await assert.rejects(async () => await resource[method](UUID, ids), (error) => {
        assert.match(error.message, new RegExp(reason(name)), `${name}.${method}`);
        return true;
      });
    }
  }
}
