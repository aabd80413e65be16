// Runs the flows (flows/README.md) with the AWS SDK for JavaScript v3.   usage: flows.mjs FLOWS UNIQUE
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import * as tagging from "@aws-sdk/client-resource-groups-tagging-api";
import * as sts from "@aws-sdk/client-sts";
import * as lattice from "@aws-sdk/client-vpc-lattice";

const SECONDS_MAX = 30;
const PAUSE_MS = 100;
const options = { maxAttempts: 1 };
const services = {
  "vpc-lattice": { sdk: lattice, Client: lattice.VPCLatticeClient },
  sts: { sdk: sts, Client: sts.STSClient },
  tagging: { sdk: tagging, Client: tagging.ResourceGroupsTaggingAPIClient },
};
for (const service of Object.values(services)) service.client = new service.Client(options);

/** A client that signs with credentials as STS tells them. */
function clientOf({ Client }, { AccessKeyId, SecretAccessKey, SessionToken }) {
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return new Client({ ...options, credentials });
}

class Failed extends Error {}

function asText(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function pick(value, step) {
  if (step === "length") return value?.length ?? 0;
  if (!Array.isArray(value) || /^\d+$/.test(step)) return value?.[step];
  const [member, ...rest] = step.split("=");
  return value.find((item) => asText(item[member]) === rest.join("="));
}

/** One run of one flow; what it saved is gone with it. */
class Flow {
  constructor(unique) {
    this.saved = { unique };
  }

  /** Splits the path first, so that values with dots may stand in it. */
  find(value, path) {
    for (const step of path.match(/(?:\$\{[^}]*\}|[^.])+/g)) value = pick(value, this.expand(step));
    return value;
  }

  expand(value) {
    if (typeof value === "string") return value.replace(/\$\{([^}]*)\}/g, (_, path) => asText(this.find(this.saved, path)));
    if (Array.isArray(value)) return value.map((item) => this.expand(item));
    if (value !== null && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.expand(item)]));
    return value;
  }

  check(answer, expected) {
    for (const [path, unexpanded] of Object.entries(expected)) {
      const got = this.find(answer, path);
      const wanted = this.expand(unexpanded);
      const there = got !== undefined && got !== null;
      const holds = got === wanted || (wanted === "*" && there) || (wanted === "absent" && !there);
      if (!holds) throw new Failed(`${path} is ${asText(got)} instead of ${asText(wanted)}`);
    }
  }

  async once(step) {
    let answer;
    let refused;
    try {
      answer = await this.answer(step);
    } catch (problem) {
      refused = refusal(step, problem);
      answer = problem;
    }
    if (refused !== step.refused) throw new Failed(refused ? `refused with ${refused}: ${answer.message}` : "not refused");
    this.check(answer, step.expect ?? {});
    if (step.save) this.saved[step.save] = answer;
  }

  async answer(step) {
    const input = this.expand(step.input ?? {});
    if (step.admin) return admin(step.admin, input);
    const service = services[step.service ?? "vpc-lattice"];
    const { sdk } = service;
    const keys = typeof step.as === "string" ? this.saved[step.as].Credentials : this.expand(step.as);
    const client = keys ? clientOf(service, keys) : service.client;
    if (!step.pages) return client.send(new sdk[`${step.call}Command`](input));
    const all = { items: [] };
    for await (const page of sdk[`paginate${step.call}`]({ client, pageSize: step.pages }, input)) all.items.push(...page.items);
    return all;
  }

  async run(steps) {
    for (const [index, step] of steps.entries()) {
      const end = Date.now() + SECONDS_MAX * 1000;
      for (;;) {
        try {
          await this.once(step);
          break;
        } catch (problem) {
          if (!(problem instanceof Failed)) throw problem;
          if (!step.until || Date.now() > end)
            throw new Failed(`step ${index + 1}, ${step.call ?? "admin"}: ${problem.message}`);
        }
        await pause(PAUSE_MS);
      }
    }
  }
}

/** The name of an exception that is of the SDK's own class of that name; the front door's have none. */
function refusal(step, problem) {
  const { sdk } = services[step.service ?? "vpc-lattice"];
  if (problem.$metadata === undefined) throw problem; // no answer of the service
  if (typeof sdk[problem.name] === "function" && !(problem instanceof sdk[problem.name]))
    throw new Failed(`${problem.name} is no exception class of the client: ${problem.message}`);
  return problem.name;
}

async function admin(request, input) {
  const [method, path] = request.split(" ");
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(process.env.AWS_ENDPOINT_URL + path, { method, headers, body: JSON.stringify(input) });
  if (!answer.ok) throw new Failed(`${request}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const [folder, unique] = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
const flows = files.flatMap((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
for (const [index, flow] of flows.entries()) {
  const result = { flow: flow.flow, ok: true };
  try {
    await new Flow(`${unique}-${index + 1}`).run(flow.steps);
  } catch (problem) {
    process.exitCode = 1;
    Object.assign(result, { ok: false, reason: `${problem.name}: ${problem.message}` });
  }
  console.log(JSON.stringify(result));
}
