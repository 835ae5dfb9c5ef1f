"""HTTP on plain values: routes and their chain, who may do what, and every status code."""
