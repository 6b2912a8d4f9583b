import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { type ConnectionLimits, countConnections } from "./connections.ts";

function open(limits: Partial<ConnectionLimits> = {}) {
  const said: object[] = [];
  let nowMs = 0;
  const connections = countConnections(limits, { warn: (line: object) => void said.push(line) }, () => nowMs);
  let port = 1_000;
  const connect = (remoteAddress = "10.0.0.1") => {
    const events = new EventEmitter();
    const socket = Object.assign(events, {
      remoteAddress,
      remotePort: port++,
      isDestroyed: false,
      destroy() {
        this.isDestroyed = true;
        events.emit("close");
      },
    });
    return { socket, admitted: connections.admit(socket as unknown as Socket) };
  };
  return {
    connections,
    said,
    connect,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

test("a stranger's place is free again when the connection closes, or its user is known, on either protocol", () => {
  const { connections, connect } = open({ strangersPerAddress: 2 });
  const first = connect();
  const second = connect();
  expect(connect()).toMatchObject({ admitted: false, socket: { isDestroyed: true } });
  expect(connect("10.0.0.2").admitted).toBe(true);
  first.socket.destroy();
  expect(connect().admitted).toBe(true);
  connections.knownPeer(`10.0.0.1:${second.socket.remotePort}`);
  const third = connect();
  expect(third.admitted).toBe(true);
  connections.known(third.socket as unknown as Socket);
  connections.known(third.socket as unknown as Socket);
  expect(connect().admitted).toBe(true);
  expect(connect().admitted).toBe(false);
  // Its place was given back once, and not again when it closes.
  third.socket.destroy();
  expect(connect().admitted).toBe(false);
});

test("refusals are counted, and said once a minute", () => {
  const { connect, said, pass } = open({ maximum: 1 });
  connect();
  for (let count = 0; count < 5; count++) connect();
  expect(said).toMatchObject([{ refused: 1 }]);
  pass(60_000);
  connect();
  expect(said).toMatchObject([{ refused: 1 }, { refused: 5 }]);
});

test("all that is open can be ended", () => {
  const { connections, connect } = open();
  const sockets = [connect(), connect()];
  expect(connections.endAll()).toBe(2);
  expect(sockets.every(({ socket }) => socket.isDestroyed)).toBe(true);
  expect(connections.endAll()).toBe(0);
});
