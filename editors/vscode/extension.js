// Starts `ninelives lsp` and connects the editor with it. Everything else the server does.

const { window, workspace } = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

async function start() {
  const command = workspace.getConfiguration("ninelives").get("path");
  client = new LanguageClient(
    "ninelives",
    "Nine Lives",
    { command, args: ["lsp"], transport: TransportKind.stdio },
    { documentSelector: [{ language: "ninelives" }] },
  );
  try {
    await client.start();
  } catch (error) {
    window.showErrorMessage(`${command} could not be started: ${error.message}. The setting is ninelives.path.`);
  }
}

async function stop() {
  const stopping = client;
  client = undefined;
  // One that never started throws when it is stopped.
  if (stopping?.isRunning()) await stopping.stop();
}

exports.activate = async (context) => {
  const changed = workspace.onDidChangeConfiguration(async (change) => {
    if (change.affectsConfiguration("ninelives.path")) {
      await stop();
      await start();
    }
  });
  context.subscriptions.push(changed);
  await start();
};

exports.deactivate = stop;
