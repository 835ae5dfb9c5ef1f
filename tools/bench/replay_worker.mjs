// D1's part of a request: POST /run sends batches of [SQL, ...parameters] to D1, POST /read only reads them.
export default {
  async fetch(request, env) {
    if (request.method === "GET") return new Response("ok");
    const batches = await request.json();
    const rows = [];
    if (new URL(request.url).pathname === "/run") {
      for (const batch of batches) {
        const results = await env.DB.batch(batch.map(([sql, ...parameters]) => env.DB.prepare(sql).bind(...parameters)));
        rows.push(results.map((result) => result.results.length));
      }
    }
    return Response.json(rows);
  },
};
