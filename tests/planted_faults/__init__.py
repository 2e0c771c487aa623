"""A benchmark of how well the faults of a dataset are found.

`keras-csv-dataset check` and CleanVision inspect images with planted faults, and what
each reports is compared with what was planted.
"""
