"""A benchmark of how well the faults of a dataset are found.

Images with planted faults are inspected by `keras-csv-dataset check` and by CleanVision,
and what each reports is compared with what was planted. See `docs/benchmarks.md`.
"""
