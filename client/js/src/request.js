/**
 * Post a body to a URL, through a proxy where one is given; resolve to the answer's status, 0 if there was none within the time allowed,
 * and its text. Handed to the sender as its source: it uses nothing of this file but itself.
 */
export function request(require, target, proxy, headers, body) {
  return new Promise((resolve) => {
    const secure = target.protocol === "https:";
    const open = [];
    const finish = (status, text = "") => {
      clearTimeout(connecting);
      clearTimeout(answering);
      for (const one of open) one.destroy();
      resolve({ status, text });
    };
    const connecting = setTimeout(finish, 2000, 0);
    const answering = setTimeout(finish, 5000, 0);
    try {
      if (proxy && secure) tunnel();
      else if (proxy) send(proxy.protocol, { ...proxy, path: target.href, headers: { Host: target.host, ...proxy.headers, ...headers } });
      else send(target.protocol, { ...place(), path: target.pathname, headers });
    } catch {
      finish(0);
    }

    /** Have the proxy connect to the host, and speak TLS through it. */
    function tunnel() {
      const host = `${target.hostname}:${target.port || 443}`;
      const asked = { ...proxy, method: "CONNECT", path: host, headers: { Host: host, ...proxy.headers }, agent: false };
      const connect = moduleFor(proxy.protocol).request(asked);
      open.push(connect);
      connect.on("error", () => finish(0));
      connect.on("response", () => finish(0));
      connect.on("connect", (answer, socket) => {
        open.push(socket);
        if (answer.statusCode !== 200) return finish(0);
        const { hostname } = place();
        const servername = require("node:net").isIP(hostname) ? undefined : hostname;
        send("https:", { path: target.pathname, headers: { Host: target.host, ...headers } }, { socket, servername, host: hostname });
      });
      connect.end();
    }

    /** @param {any} [tunnelled] what TLS through a tunnel takes */
    function send(protocol, options, tunnelled) {
      const tls = protocol === "https:";
      // Beside an agent, createConnection would not be asked.
      const way = tunnelled ? { createConnection: () => require("node:tls").connect(tunnelled) } : { agent: false };
      const post = moduleFor(protocol).request({ ...options, ...way, method: "POST" });
      open.push(post);
      post.on("socket", (one) => one.once(tls ? "secureConnect" : "connect", () => clearTimeout(connecting)));
      post.on("error", () => finish(0));
      post.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part) => {
          text += part;
          if (text.length > 1_048_576) finish(response.statusCode);
        });
        response.on("end", () => finish(response.statusCode, text));
        response.on("error", () => finish(0));
        response.on("aborted", () => finish(0));
      });
      post.end(body);
    }

    function place() {
      return { hostname: target.hostname.replace(/^\[|\]$/g, ""), port: target.port || (secure ? 443 : 80) };
    }

    /** Of a proxy that speaks neither http nor https there is none. */
    function moduleFor(protocol) {
      return require({ "http:": "node:http", "https:": "node:https" }[protocol]);
    }
  });
}
