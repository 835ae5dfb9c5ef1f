/** Random ids, wherever this runs. */
import { builtin } from "./environment.js";

export function uuid() {
  const bytes = randomBytes(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export function randomBytes(count) {
  return globalThis.crypto?.getRandomValues(new Uint8Array(count)) ?? builtin("node:crypto").randomBytes(count);
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
