// How the newest versions of a tool took over from each other, day by day. Pure.

const DRAWN = 4; // more lines are a tangle
const LEAST_DAYS = 3; // fewer are no course

/**
 * versions: rows of /analytics/versions → {dates, series: [{name, shade, values}]} of the newest, null where there is nothing to
 * see. A version has values from its first day to its last.
 */
export function courses(versions) {
  const newest = versions.filter((it) => it.days?.length).slice(0, DRAWN);
  const used = newest.flatMap((it) => it.days.map((day) => day.date)).sort();
  const dates = newest.length > 1 ? datesBetween(used[0], used.at(-1)) : [];
  if (dates.length < LEAST_DAYS) return null;
  const series = newest.map(({ version, days }, index) => {
    const uses = Object.fromEntries(days.map((it) => [it.date, it.invocations]));
    return { name: version, shade: index + 1, values: dates.map((date) => (date < days[0].date || date > days.at(-1).date ? null : (uses[date] ?? 0))) };
  });
  return { dates, series };
}

/** Every UTC day from one to another, as YYYY-MM-DD. */
function datesBetween(first, last) {
  const dates = [];
  for (const date = new Date(`${first}T00:00:00Z`); dates.at(-1) !== last; date.setUTCDate(date.getUTCDate() + 1)) dates.push(date.toISOString().slice(0, 10));
  return dates;
}
