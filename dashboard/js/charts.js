// The only one that knows Chart.js.

import { count } from './format.js';

const { Chart } = /** @type {any} */ (globalThis);
const charts = new Map(); // canvas → {chart, redraw}
const SHADES = 6;

Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;
Chart.defaults.plugins.legend.display = false;

/**
 * Stacked bars over time; open: the last is not over yet, and paler. labels: short; titles: for the tooltip; series:
 * [{name, color, values}], bottom first. onPick: takes the index of the bar that was clicked.
 */
export function stackedBars(canvas, { labels, titles, series, open, onPick = undefined }) {
  draw(canvas, (colors) => ({
    type: 'bar',
    data: {
      labels,
      datasets: series.map(({ name, color, values }) => ({
        label: name,
        data: values,
        backgroundColor: values.map((_, index) => colors[open && index === values.length - 1 ? `${color}-soft` : color]),
        hoverBackgroundColor: colors[color],
        borderRadius: 2,
        categoryPercentage: 0.86,
        barPercentage: 0.94,
        maxBarThickness: 48,
      })),
    },
    options: {
      interaction: { mode: 'index', intersect: false },
      onClick: (_event, [hit]) => hit && onPick?.(hit.index),
      scales: { x: { ...axis(colors), stacked: true, grid: { display: false } }, y: { ...counts(colors), stacked: true } },
      plugins: { tooltip: { ...tooltip(colors), callbacks: { title: ([item]) => titles[item.dataIndex], label } } },
    },
  }));
}

/** Parts of a whole; more than six are drawn as one. onPick: takes the index of the label that was clicked. */
export function doughnut(canvas, { labels, values, onPick }) {
  const parts = gathered(labels, values);
  draw(canvas, (colors) => ({
    type: 'doughnut',
    data: {
      labels: parts.labels,
      datasets: [
        {
          data: parts.values,
          backgroundColor: parts.labels.map((_, index) => colors[`shade-${index + 1}`]),
          borderColor: colors.surface,
          borderWidth: 2,
        },
      ],
    },
    options: {
      cutout: '66%',
      onClick: (_event, [hit]) => hit && parts.labels[hit.index] === labels[hit.index] && onPick(hit.index),
      plugins: { tooltip: { ...tooltip(colors), callbacks: { label: (item) => ` ${count(item.parsed)}` } } },
    },
  }));
}

/** A bar for each of the first six; the others together would dwarf them. onPick: takes the index of the label that was clicked. */
export function bars(canvas, { labels, values, onPick }) {
  const parts = { labels: labels.slice(0, SHADES), values: values.slice(0, SHADES) };
  draw(canvas, (colors) => ({
    type: 'bar',
    data: {
      labels: parts.labels,
      datasets: [
        {
          data: parts.values,
          backgroundColor: parts.labels.map((_, index) => colors[`shade-${index + 1}`]),
          borderRadius: 3,
          maxBarThickness: 18,
        },
      ],
    },
    options: {
      indexAxis: 'y',
      interaction: { mode: 'index', axis: 'y', intersect: false },
      onClick: (_event, [hit]) => hit && onPick(hit.index),
      scales: {
        x: { ...counts(colors), ticks: { ...counts(colors).ticks, maxTicksLimit: 4 } },
        y: { ...axis(colors), grid: { display: false }, ticks: { ...axis(colors).ticks, autoSkip: false, callback: shortLabel } },
      },
      plugins: { tooltip: { ...tooltip(colors), callbacks: { label: (item) => ` ${count(item.parsed.x)}` } } },
    },
  }));
}

/** Lines over time. labels: short; titles: for the tooltip; series: [{name, shade, values}], with as many values as labels. */
export function lines(canvas, { labels, titles, series }) {
  draw(canvas, (colors) => ({
    type: 'line',
    data: {
      labels,
      datasets: series.map(({ name, shade, values }) => ({
        label: name,
        data: values,
        borderColor: colors[`shade-${shade}`],
        backgroundColor: colors[`shade-${shade}`],
        borderWidth: 1.75,
        pointRadius: values.filter((it) => it !== null).length > 1 ? 0 : 2.5, // a day alone is no line
        pointHoverRadius: 3,
        cubicInterpolationMode: 'monotone',
      })),
    },
    options: {
      interaction: { mode: 'index', intersect: false },
      scales: { x: { ...axis(colors), grid: { display: false } }, y: counts(colors) },
      plugins: { tooltip: { ...tooltip(colors), callbacks: { title: ([item]) => titles[item.dataIndex], label } } },
    },
  }));
}

/** The number of the shade that a row of a breakdown has in its chart. */
export function shadeOf(index) {
  return Math.min(index + 1, SHADES);
}

function draw(canvas, configure) {
  const redraw = () => {
    const { type, data, options } = configure(palette());
    const known = charts.get(canvas);
    if (!known) {
      charts.set(canvas, { chart: new Chart(canvas, { type, data, options }), redraw });
      return;
    }
    known.redraw = redraw;
    known.chart.data = data;
    known.chart.options = options;
    known.chart.update('none');
  };
  redraw();
}

document.addEventListener('themechange', () => {
  colorsNow = null;
  for (const { redraw } of charts.values()) redraw();
});

let colorsNow = null;

/** The intents of style.css as colours; a canvas does not know custom properties. */
function palette() {
  if (colorsNow) return colorsNow;
  const probe = document.createElement('span');
  probe.hidden = true;
  const series = ['success', 'error', 'other', 'accent', 'returning', 'fresh'].flatMap((name) => [name, `${name}-soft`]);
  const intents = [...series, 'surface', 'raised', 'text', 'muted', 'line'];
  const shades = Array.from({ length: SHADES }, (_, index) => `shade-${index + 1}`);
  const names = [...intents, ...shades];
  probe.append(...names.map((name) => {
    const one = document.createElement('span');
    one.style.color = `var(--${name})`;
    return one;
  }));
  document.body.append(probe); // all at once: styles are worked out once
  colorsNow = Object.fromEntries(names.map((name, index) => [name, getComputedStyle(probe.children[index]).color]));
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = Math.round(0.8 * parseFloat(getComputedStyle(document.documentElement).fontSize));
  probe.remove();
  return colorsNow;
}

function axis(colors) {
  return {
    border: { display: false },
    grid: { color: colors.line },
    ticks: { color: colors.muted, maxRotation: 0, autoSkipPadding: 18 },
  };
}

function counts(colors) {
  const base = axis(colors);
  return { ...base, beginAtZero: true, ticks: { ...base.ticks, precision: 0, maxTicksLimit: 5, callback: count } };
}

function tooltip(colors) {
  return {
    backgroundColor: colors.raised,
    borderColor: colors.line,
    borderWidth: 1,
    titleColor: colors.text,
    bodyColor: colors.text,
    padding: 10,
    boxPadding: 4,
    cornerRadius: 8,
  };
}

function label(item) {
  return ` ${item.dataset.label}: ${count(item.parsed.y)}`;
}

function shortLabel(value) {
  const text = this.getLabelForValue(value);
  return text.length > 16 ? `${text.slice(0, 7)}…${text.slice(-8)}` : text;
}

function gathered(labels, values) {
  if (labels.length <= SHADES) return { labels, values };
  const rest = values.slice(SHADES - 1).reduce((sum, value) => sum + value, 0);
  return {
    labels: [...labels.slice(0, SHADES - 1), `${labels.length - SHADES + 1} others`],
    values: [...values.slice(0, SHADES - 1), rest],
  };
}
