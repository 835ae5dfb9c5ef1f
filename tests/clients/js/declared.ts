// The client's exports fit what is declared, and neither has one that the other lacks. Checked by tsc, never run.
import type * as code from "../../../client/js/src/client.js";
import type * as declared from "../../../client/js/track-skills.d.ts";

declare const written: typeof code;
written satisfies typeof declared;

type Same<A, B> = [A, B] extends [B, A] ? true : false;
true satisfies Same<keyof typeof code, keyof typeof declared>;

// Parameter by parameter: a function with fewer, or of anything, would fit too.
type Parts<F> = F extends (...given: infer Given) => infer Returned ? [Given, Returned] : never;
true satisfies Same<Parts<typeof code.track>, Parts<typeof declared.track>>;
true satisfies Same<Parts<typeof code.configure>, Parts<typeof declared.configure>>;
true satisfies Same<Parts<typeof code.provideBuiltins>, Parts<typeof declared.provideBuiltins>>;
