/** A template as a TypeScript program: `node main.ts` writes it to cdktf.out/stacks/workspace/cdk.tf.json. */
import { App, DataResource, TerraformCount, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { agent, app, dataCoderParameter, dataCoderProvisioner, dataCoderWorkspace, provider, script } from "proviso/cdktf";

class Workspace extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    new provider.CoderProvider(this, "coder");
    const workspace = new dataCoderWorkspace.DataCoderWorkspace(this, "me");
    const host = new dataCoderProvisioner.DataCoderProvisioner(this, "host");

    const port = new dataCoderParameter.DataCoderParameter(this, "port", {
      name: "port",
      displayName: "Port of the preview",
      type: "number",
      default: "8080",
      mutable: true,
      validation: { min: 1024, max: 65535, error: "must be a port that needs no privileges" },
    });

    // For a program that is not trusted with its owner's secrets: it may connect, run scripts and send logs, and nothing more.
    const assistant = new agent.Agent(this, "assistant", {
      os: host.os,
      arch: host.arch,
      apiKeyScope: "no_user_data",
    });

    new script.Script(this, "greet", {
      agentId: assistant.id,
      displayName: "Greet",
      script: `echo "the preview of ${workspace.name} listens on port ${port.value}"`,
      runOnStart: true,
    });

    new app.App(this, "preview", {
      agentId: assistant.id,
      slug: "preview",
      displayName: "Preview",
      url: `http://localhost:${port.value}`,
      share: "owner",
      healthcheck: { url: `http://localhost:${port.value}/healthz`, interval: 5, threshold: 6 },
    });

    // Represents the virtual machine or container of a real template, which would get `assistant.initScript` and `assistant.token`.
    new DataResource(this, "machine", {
      count: TerraformCount.of(workspace.startCount),
      input: { agent: assistant.id },
    });
  }
}

const templates = new App();
new Workspace(templates, "workspace");
templates.synth();
