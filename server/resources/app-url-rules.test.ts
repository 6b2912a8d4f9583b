import { expect, test } from "vitest";
import { linkProblem } from "./app-url-rules.ts";

for (const url of [
  "",
  "http://localhost:8080/?folder=/home/coder",
  "HTTPS://example.com",
  "/path/on/this/server:1",
  "localhost:8080",
  "vscode://coder.coder-remote/open?owner=a&workspace=b&token=$SESSION_TOKEN",
  "jetbrains-gateway://connect#type=coder",
  "jetbrains://gateway/coder?x=y",
  "cursor://coder.coder-remote/open",
  "zed://ssh/main.workspace.me.coder",
  "coder://v0/open/ws/x/agent/main/rdp",
  "mailto:help@example.com",
])
  test(`${JSON.stringify(url)} is a link`, () => expect(linkProblem(url)).toBeUndefined());

for (const url of [
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "javascript://%0aalert(1)",
  "\tjavascript:alert(1)",
  "java\tscript:alert(1)",
  "java\nscript:alert(1)",
  "\0javascript:alert(1)",
  "\x01javascript:alert(1)",
  " javascript:alert(1)",
  "\u00a0javascript:alert(1)",
  "javascript\u200b:alert(1)",
  "java%73cript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "DATA:text/html;base64,AAAA",
  "vbscript:msgbox(1)",
  "file:///etc/passwd",
  "FILE:/etc/passwd",
  "view-source:https://example.com",
  "blob:https://example.com/1",
  "unknown:thing",
])
  test(`${JSON.stringify(url)} is not`, () => expect(linkProblem(url)).toEqual(expect.any(String)));
