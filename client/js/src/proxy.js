/**
 * Which proxy leads to a URL, as curl reads the environment; null for the direct way. Handed to the sender as its source: it uses nothing
 * of this file but itself.
 */
export function proxyFor(target, environment, net) {
  const first = (...names) => names.map((name) => environment[name]).find(Boolean) ?? "";
  // In capitals it could be a header that a web server made a variable of.
  const own = target.protocol === "http:" ? ["http_proxy"] : ["https_proxy", "HTTPS_PROXY"];
  const value = first(...own, "all_proxy", "ALL_PROXY");
  if (!value || isExcluded(first("no_proxy", "NO_PROXY"))) return null;
  const scheme = (/^[a-z0-9]+(?=:\/\/)/i.exec(value)?.[0] ?? "http").toLowerCase();
  // Of a URL that says http, the port 80 would not be told from none, and a proxy's default is another.
  const url = new URL(value.replace(/^([a-z0-9]+:\/\/)?/i, "proxy://"));
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    protocol: `${scheme}:`,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port || (scheme === "https" ? 443 : 1080),
    headers: url.username ? { "Proxy-Authorization": `Basic ${Buffer.from(user).toString("base64")}` } : {},
  };

  function isExcluded(noProxy) {
    if (noProxy === "*") return true;
    const host = target.hostname.toLowerCase().replace(/^\[|\]$/g, "");
    const names = noProxy.toLowerCase().split(/[\s,]+/).map((name) => name.replace(/^\.+|\.+$/g, "")).filter(Boolean);
    const family = net.isIP(host);
    return names.some((name) => (family ? isIn(host, family, name) : host === name || host.endsWith(`.${name}`)));
  }

  function isIn(host, family, name) {
    const [network, bits] = name.split("/");
    if (net.isIP(network) !== family) return false;
    const list = new net.BlockList();
    list.addSubnet(network, Number(bits ?? (family === 4 ? 32 : 128)), `ipv${family}`);
    return list.check(host, `ipv${family}`);
  }
}
