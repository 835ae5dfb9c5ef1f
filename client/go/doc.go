// Package trackskills records that a skill or tool ran, how it ended and how long it took, without ever being in its
// way: it never prints, never fails, never panics and never waits for the network.
//
// A use is one small file in the state folder. A process of its own sends what is there to the collector, so that a
// program that ends at once loses nothing. That process is this very program again, which the package ends in its
// init, before main: see docs/decisions/0009 in the repository for what that asks of a program.
//
// Nothing is recorded, written or started while TRACK_SKILLS_ENDPOINT is not set, where DO_NOT_TRACK or
// TRACK_SKILLS_DISABLED is set, or in CI. The rules that all clients share are in client/CONTRACT.md.
package trackskills
