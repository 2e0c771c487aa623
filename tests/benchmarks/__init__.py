"""Measures this package and its peers: run `python -m benchmarks` in `tests`.

The command creates images, measures every contender in its own process, in rounds, and
writes tables and a chart. `docs/benchmarks.md` describes the method.
"""
