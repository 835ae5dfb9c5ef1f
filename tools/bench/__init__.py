"""`make bench`: every figure beside its reference, measured in the same run; it fails where one misses its limit.

`make bench PART="storage-10k ingest"` runs parts and groups by name, `python -m tools.bench --list` names them.
`make bench PART=ingest AGAINST=v1.0` measures this checkout beside another revision of it, on this checkout's runtime.
"""
