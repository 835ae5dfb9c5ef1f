// The public page: the tools that enough people used, in whole days. Nobody needs a key for it.

const said = document.getElementById("said");
const table = document.getElementById("tools");

/** Say what there is, or why there is nothing. */
async function show() {
  const response = await fetch("public.json");
  if (response.status === 404) return say("This collector shows nothing in public.");
  if (!response.ok) return say("The collector does not answer. Try again in a moment.");
  const shown = await response.json();
  if (!shown.tools.length) return say(`From ${shown.from} to ${shown.to} no tool was used by five people.`);
  say(`From ${shown.from} to ${shown.to}, in UTC; only tools that five people used.`);
  table.querySelector("tbody").replaceChildren(...shown.tools.map(row));
  table.hidden = false;
}

function say(text) {
  said.textContent = text;
}

function row(tool) {
  const cells = [tool.tool_name, tool.tool_category, tool.invocations, tool.unique_users, `${tool.success_rate} %`];
  const made = document.createElement("tr");
  made.append(
    ...cells.map((cell) => {
      const td = document.createElement("td");
      td.textContent = typeof cell === "number" ? cell.toLocaleString("en") : cell;
      return td;
    }),
  );
  return made;
}

show().catch(() => say("The collector does not answer. Try again in a moment."));
