// A tool is a category and a name: several categories may each have one of the same name. Pure.

import { OTHER } from './format.js';

const NO_CATEGORY = 'default';

/** The tool of a row of the API: {name, category}. */
export function toolOf({ tool_name: name, tool_category: category }) {
  return { name, category };
}

/** What tells a tool from every other. */
export function keyOf({ name, category }) {
  return JSON.stringify([category, name]);
}

/** Whether it stands for the rarest tools together, which no filter knows. */
export function isOther({ name }) {
  return name === OTHER;
}

/** The names that tools of several categories have, as a Set. rows: of the API. */
export function sharedNames(rows) {
  const categories = new Map();
  for (const { name, category } of rows.map(toolOf)) {
    if (!categories.has(name)) categories.set(name, new Set());
    categories.get(name).add(category);
  }
  return new Set([...categories].filter(([, of]) => of.size > 1).map(([name]) => name));
}

/** The category to show beside a tool where its name alone does not tell which it is; else ''. */
export function neededCategory({ name, category }, shared) {
  return shared.has(name) ? category : '';
}

/** The category to show beside a tool where it has one of its own, or needs it; else ''. */
export function ownCategory(tool, shared) {
  return tool.category === NO_CATEGORY ? neededCategory(tool, shared) : tool.category;
}
