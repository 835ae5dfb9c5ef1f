// Small lines and bars without axes, as SVG.

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 100;
const HEIGHT = 24;

/** Draw a line through values, oldest first; null is a gap. error: how far each may be from the truth, as a share of it. */
export function sparkline(svg, values, error = 0) {
  const { low, span } = scaleOf(values.filter((value) => value !== null), error);
  const x = (index) => (values.length > 1 ? (index * WIDTH) / (values.length - 1) : WIDTH / 2);
  const y = (value) => HEIGHT - 2 - (span ? (value - low) / span : 0.5) * (HEIGHT - 4);
  const runs = runsOf(values);
  const line = runs.map((run) => run.map((i, n) => `${n ? 'L' : 'M'}${fixed(x(i))} ${fixed(y(values[i]))}`).join('') + (run.length === 1 ? 'h.01' : ''));
  const area = runs
    .filter((run) => run.length > 1)
    .map((run) => `M${fixed(x(run[0]))} ${HEIGHT}${run.map((i) => `L${fixed(x(i))} ${fixed(y(values[i]))}`).join('')}L${fixed(x(run.at(-1)))} ${HEIGHT}Z`);
  show(svg, { 'spark-area': area.join(''), 'spark-line': line.join('') });
}

/** Draw a bar for each count. */
export function sparkbars(svg, values) {
  const most = Math.max(...values, 1);
  const step = WIDTH / values.length;
  const bars = values.map((value, index) => {
    const height = value ? Math.max(2, (value / most) * HEIGHT) : 0.75;
    return `M${fixed(index * step + step * 0.12)} ${HEIGHT}v${fixed(-height)}h${fixed(step * 0.76)}v${fixed(height)}Z`;
  });
  show(svg, { 'spark-bars': bars.join('') });
}

/** What a line's height stands for: from low on, so wide that errors alone move it by a quarter of the height at most. */
export function scaleOf(values, error) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const span = Math.max(most - least, 8 * error * most);
  return { low: (least + most - span) / 2, span };
}

function show(svg, paths) {
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  for (const [name, path] of Object.entries(paths)) {
    let drawn = svg.querySelector(`.${name}`);
    if (!drawn) {
      drawn = document.createElementNS(SVG, 'path');
      drawn.setAttribute('class', name);
      svg.append(drawn);
    }
    drawn.setAttribute('d', path);
  }
}

/** Indices of values that stand together without a gap. */
export function runsOf(values) {
  const runs = [];
  values.forEach((value, index) => {
    if (value === null) return;
    if (index > 0 && values[index - 1] !== null) runs.at(-1).push(index);
    else runs.push([index]);
  });
  return runs;
}

function fixed(number) {
  return Number(number.toFixed(2));
}
