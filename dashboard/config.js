// Where the API is. '' = at this page's own origin, as when the Worker serves the page. On Pages: the Worker's origin, for
// instance 'https://track-skills.example.workers.dev', which also has to stand in connect-src in _headers; and this page's
// origin in the Worker's ALLOWED_ORIGINS.
export const API_BASE = '';
