/** The package's entry for `require` under Node. */
const client = require("./track-skills.cjs");

for (const name of ["node:child_process", "node:crypto", "node:fs", "node:path"]) client.provideBuiltins({ [name]: require(name) });

module.exports = client;
