"""The API as OpenAPI 3.1 and as a page, made from the tables that route and validate; the Worker carries none of it."""
