"""Measures this package beside its peers: `python -m benchmarks` in `tests`.

The command makes its own images, measures every contender in a process of its own, in
rounds, and writes a table and a chart. `docs/benchmarks.md` says what is measured.
"""
