/** The package's entry under Node: before 20.16 a module can reach Node's own modules only by importing them. */
import * as childProcess from "node:child_process";
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { provideBuiltins } from "./track-skills.js";

provideBuiltins({ "node:child_process": childProcess, "node:crypto": crypto, "node:fs": fs, "node:path": path });

export * from "./track-skills.js";
