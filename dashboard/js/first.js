// What the page knows before its first paint: the theme, and what the URL says of its layout, so that nothing jumps.

import './theme.js';
import { showLayout } from './layout.js';
import { parse } from './state.js';

showLayout(parse(location.search));
